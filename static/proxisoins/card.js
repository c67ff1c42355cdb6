/* The card of the commune selected: its figures beside those of its EPCI, its département, the region. */
import { worded } from "./data.js";
import { make, number } from "./dom.js";
import { ROOM } from "./room.js";

const HEADS = ["", "Commune", "EPCI", "Dép."];

export class Card {
  constructor(carte) {
    this.carte = carte;
    this.detail = null;
    this.node = make("section", { class: "card", hidden: "", "aria-label": "Commune sélectionnée", tabindex: "-1" });
    this.said = make("p", { class: "said", role: "status" });
    document.body.append(this.said);
  }

  hide() {
    this.node.hidden = true;
  }

  fill(row) {
    const { carte } = this;
    const { n, d, e, p, h } = carte.rows[row];
    const close = make("button", { type: "button", class: "close", "aria-label": "Fermer la fiche", text: "×", onclick: () => carte.unselect() });
    const where = [p.split(" ").join(", "), carte.departements[d] || d, carte.epcis[e] || "sans EPCI", `${number(h)} habitants`].join(" · ");
    const parts = [
      close, make("h2", { text: n }), make("p", { class: "where", text: where }), this.state(row),
      this.actions(row), this.reach(), carte.room.proof(row), this.table(row), this.cover(row), make("p", { class: "note", text: carte.config.comparison_note }),
    ];
    this.node.replaceChildren(...parts.filter(Boolean));
    this.node.hidden = false;
    this.said.textContent = `${n}, ${number(h)} habitants : fiche ouverte.`;
  }

  /* What a register says of the GPs counted, for who may see it. */
  state(row) {
    const { detail } = this;
    return detail?.state && detail.code === this.carte.rows[row].c ? make("p", { class: "where state", text: detail.state }) : null;
  }

  actions(row) {
    const { carte } = this;
    const around = make("button", { type: "button", class: "main", text: "Isochrone d’ici (10, 20, 30 min)", onclick: () => carte.here.ask(row) });
    const sheet = make("button", { type: "button", text: "Ouvrir la fiche du territoire", onclick: () => carte.ask({ action: "fiche" }) });
    const { card_action: own, read_only: readOnly } = carte.config;
    const more = own ? make("button", { type: "button", class: "main", text: own.label, onclick: () => carte.ask({ action: own.action }) }) : null;
    return make("div", { class: "actions" }, more, around, readOnly ? null : sheet);
  }

  /* Who is within 10, 20 and 30 minutes of the point whose isochrones are drawn. */
  reach() {
    const { around, carte } = this;
    if (!around || !carte.state.here) return null;
    const titles = { communes: "Communes", population: "Habitants", over_75: "75 ans et plus", gps: "Généralistes", communes_without_gp: "Communes sans généraliste", already: "Habitants ayant un généraliste à 20 min" };
    if (around.some((one) => one.communes_gps_unknown)) titles.communes_gps_unknown = "Communes dont les médecins ne sont pas connus (non comptés)";
    const heads = ["À", ...around.map((one) => `${one.minutes} min`)].map((text) => make("th", { text, scope: "col" }));
    const lines = Object.entries(titles).map(([key, text]) => make("tr", {}, make("th", { scope: "row", text }), ...around.map((one) => make("td", { class: "own", text: number(one[key], key === "gps" && one[key] % 1 ? 1 : 0) }))));
    const clear = make("button", { type: "button", class: "quiet", text: "Effacer les isochrones", onclick: () => carte.clearHere() });
    const note = make("p", { class: "note", text: "Communes entières, comptées à leur bourg ; trajets d’un sens, en voiture." });
    return make("div", { class: "around" }, make("h3", { text: "Autour de ce point" }), make("table", {}, make("thead", {}, make("tr", {}, ...heads)), make("tbody", {}, ...lines)), note, clear);
  }

  table(row) {
    const heads = [...HEADS, this.carte.config.region_name === "France" ? "France" : "Région"].map((text, order) => make(order ? "th" : "td", order ? { text, scope: "col" } : {}));
    const lines = this.carte.config.indicators.map((one) => this.line(one, row));
    return make("table", {}, make("thead", {}, make("tr", {}, ...heads)), make("tbody", {}, ...lines));
  }

  line(one, row) {
    const { config, rows, state } = this.carte;
    const { d, e } = rows[row];
    const { room } = this.carte;
    const follows = one.key === ROOM && room.offered;
    const around = follows ? { epci: { [e]: room.share("e", e) }, departement: { [d]: room.share("d", d) }, region: room.share() } : config.comparisons[one.key];
    const bare = { ...one, unit: "" };
    const cell = (value) => make("td", { text: value === null || value === undefined ? "–" : worded(bare, value) });
    const value = follows ? room.values[row] : one.values[row];
    const own = typeof value === "string" ? value : worded(bare, value);
    const short = follows ? `Sans place à ${room.known.minutes} min` : one.short;
    const name = make("th", { scope: "row", text: one.unit ? `${short} (${one.unit})` : short, title: one.note });
    if (!around) return make("tr", {}, name, make("td", { class: "own", colspan: value?.length ? 4 : 1, text: own }));
    return make("tr", { class: one.key === state.indicator ? "current" : "" }, name, make("td", { class: "own", text: own }), cell(around.epci[e]), cell(around.departement[d]), cell(around.region));
  }

  /* On-call lines, which the server is asked for when the commune is chosen. */
  cover(row) {
    const { detail } = this;
    const cover = make("div", { class: "cover" });
    if (!detail || detail.code !== this.carte.rows[row].c) {
      cover.append(make("p", { class: "quiet", text: "Lignes de garde : calcul en cours…" }));
      return cover;
    }
    const line = ({ specialty, line_type, establishment, minutes, status }) =>
      make("li", { text: `${specialty}, ${line_type} : ${establishment}, ${number(minutes)} min (${status})` });
    cover.append(make("h3", { text: "Lignes de garde (PDSES) qui couvrent la commune" }));
    cover.append(detail.lines.length ? make("ul", {}, ...detail.lines.map(line)) : make("p", { text: detail.note }));
    return cover;
  }
}
