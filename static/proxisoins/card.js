/* The card of the commune selected. */
import { worded } from "./data.js";
import { make, number } from "./dom.js";
import { ROOM } from "./room.js";

export class Card {
  constructor(carte) {
    this.carte = carte;
    this.detail = null;
    this.words = {};
    this.node = make("section", { class: "card", hidden: "", "aria-label": "Commune sélectionnée", tabindex: "-1" });
    [this.told, this.figures] = [make("div"), make("div")];
    this.said = make("p", { class: "said", role: "status" });
    document.body.append(this.said);
  }

  hide() {
    this.node.hidden = true;
    this.row = undefined;
  }

  /* Buttons stay while figures are drawn again, for a click under way. */
  fill(row) {
    const { carte } = this;
    if (carte.config.told_beside) return;
    if (row !== this.row) this.open(row);
    this.told.replaceChildren(...this.state(row));
    const parts = [this.reach(), this.proof(row), this.table(row), this.cover(row), make("p", { class: "note", text: carte.config.comparison_note })];
    this.figures.replaceChildren(...parts.filter(Boolean));
    this.node.hidden = false;
  }

  open(row) {
    const { carte } = this;
    const { n, d, e, p, h } = carte.rows[row];
    const close = make("button", { type: "button", class: "close", "aria-label": "Fermer la fiche", text: "×", onclick: () => carte.unselect() });
    const where = [p.split(" ").join(", "), carte.departements[d] || d, carte.epcis[e] || "sans EPCI", `${number(h)} habitants`].join(" · ");
    this.row = row;
    this.node.replaceChildren(close, make("h2", { text: n }), make("p", { class: "where", text: where }), this.told, this.actions(row), this.figures);
    this.node.scrollTop = 0;
    this.said.textContent = `${n}, ${number(h)} habitants : fiche ouverte.`;
  }

  /* What a register says of the GPs counted, for who may see it. */
  state(row) {
    const { detail } = this;
    return detail?.state && detail.code === this.carte.rows[row].c ? [make("p", { class: "where state", text: detail.state })] : [];
  }

  actions(row) {
    const { carte } = this;
    const around = make("button", { type: "button", class: "main", text: "Isochrone d’ici (10, 20, 30 min)", onclick: () => carte.here.ask(row) });
    const sheet = make("button", { type: "button", text: "Ouvrir la fiche du territoire", onclick: () => carte.ask({ action: "fiche" }) });
    const { card_action: own, read_only: readOnly } = carte.config;
    const more = own ? make("button", { type: "button", class: "main", text: own.label, onclick: () => this.insist(own.action) }) : null;
    return make("div", { class: "actions" }, more, around, readOnly ? null : sheet);
  }

  /* Ask again until it is heard. */
  insist(action) {
    const said = this.carte.ask({ action });
    let left = 5;
    const again = setInterval(() => (left-- && this.heard !== said.turn ? this.carte.ask(said) : clearInterval(again)), 3000);
  }

  proof(row) {
    const { room } = this.carte;
    return room.offered ? this.later("proof", () => import("./proof.js"), room, row, this.detail) : null;
  }

  /* Who is around the point whose isochrones are drawn. */
  reach() {
    const { around, carte } = this;
    return around && carte.state.here ? this.later("reached", () => import("./around.js"), carte, around) : null;
  }

  /* What a module words, once it is there. */
  later(name, load, ...given) {
    if (this.words[name]) return this.words[name](...given);
    load().then((module) => {
      this.words[name] = module[name];
      if (this.row !== undefined) this.fill(this.row);
    });
    return null;
  }

  table(row) {
    const { config } = this.carte;
    const whole = config.region_name === "France" ? "France" : "Région";
    const heads = ["Commune", "EPCI", "Dép.", whole].map((text) => make("th", { text, scope: "col" }));
    const lines = config.indicators.map((one) => this.line(one, row));
    return make("table", {}, make("thead", {}, make("tr", {}, make("td"), ...heads)), make("tbody", {}, ...lines));
  }

  line(one, row) {
    const { config, room, rows, state } = this.carte;
    const { d, e } = rows[row];
    const follows = one.key === ROOM && room.offered;
    const around = follows ? { epci: { [e]: room.share("e", e) }, departement: { [d]: room.share("d", d) }, region: room.share() } : config.comparisons[one.key];
    const bare = { ...one, unit: "" };
    const cell = (value) => make("td", { text: (value ?? null) === null ? "–" : worded(bare, value) });
    const value = follows ? room.values[row] : one.values[row];
    const said = !around && typeof value !== "number";
    const short = follows ? `Sans place à ${room.known.minutes} min` : one.short;
    const name = make("th", { scope: "row", text: one.unit ? `${short} (${one.unit})` : short, title: one.note });
    const own = make("td", { class: "own", colspan: said ? 4 : 1, text: (said && value) || worded(bare, value) });
    const others = said ? [] : [around?.epci[e], around?.departement[d], around?.region].map(cell);
    return make("tr", { class: one.key === state.indicator ? "current" : "" }, name, own, ...others);
  }

  /* On-call lines, which the server is asked for when the commune is chosen. */
  cover(row) {
    const { detail } = this;
    const cover = make("div", { class: "cover" });
    if (!detail || detail.code !== this.carte.rows[row].c) {
      cover.append(make("p", { class: "note", text: "Lignes de garde : calcul en cours…" }));
      return cover;
    }
    const line = ({ specialty, line_type, establishment, minutes, status }) =>
      make("li", { text: `${specialty}, ${line_type} : ${establishment}, ${minutes} (${status})` });
    cover.append(make("h3", { text: "Lignes de garde (PDSES) qui couvrent la commune" }));
    if (detail.lines.length) cover.append(make("ul", {}, ...detail.lines.map(line)));
    if (detail.note) cover.append(make("p", { class: "note", text: detail.note }));
    return cover;
  }
}
