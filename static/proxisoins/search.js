/* Search of a place, by keyboard or mouse; the rules are those of data/region/search.py. */
import { fold, make } from "./dom.js";

const MANY = 9;

/* Letters to change, add, drop or swap between two names; MANY when it is far. */
export function errors(one, other) {
  if (Math.abs(one.length - other.length) > 2) return MANY;
  let [older, last] = [[], Array.from({ length: other.length + 1 }, (_, at) => at)];
  for (let row = 1; row <= one.length; row += 1) {
    const line = [row];
    for (let at = 1; at <= other.length; at += 1) {
      const same = one[row - 1] === other[at - 1];
      line[at] = Math.min(last[at] + 1, line[at - 1] + 1, last[at - 1] + (same ? 0 : 1));
      const swapped = row > 1 && at > 1 && one[row - 1] === other[at - 2] && one[row - 2] === other[at - 1];
      if (swapped) line[at] = Math.min(line[at], older[at - 2] + 1);
    }
    [older, last] = [last, line];
  }
  return last[other.length];
}

export function spelled(text, rules) {
  const full = new Map(rules.spelled);
  return fold(text).split(" ").map((word) => full.get(word) ?? word).join(" ");
}

/* What a text may mean: codes, then names, then names with a typing error. */
export function ranked(text, entries, rules) {
  const asked = spelled(text, rules);
  if (asked.length < rules.least) return [];
  const code = /^\d[\dab]?\d*$/.test(asked);
  const ofCode = (one) => (one === asked ? 0 : one.startsWith(asked) ? 1 : MANY);
  const rank = ({ key, codes }) => {
    if (code) return Math.min(...codes.split(" ").map(ofCode));
    if (key.startsWith(asked)) return key === asked ? 0 : 1;
    return ` ${key}`.includes(` ${asked}`) ? 2 : key.includes(asked) ? 3 : MANY;
  };
  const within = (of, most) => entries.map((entry) => [of(entry), entry]).filter(([order]) => order <= most);
  let found = within(rank, MANY - 1);
  if (!found.length && !code) {
    const [, most] = rules.forgiven.find(([letters]) => asked.length >= letters) ?? [0, 0];
    if (most) found = within(({ key }) => errors(asked, key), most);
  }
  found.sort((a, b) => a[0] - b[0] || b[1].weight - a[1].weight || (a[1].key > b[1].key) - (a[1].key < b[1].key));
  return found.slice(0, rules.shown).map(([, entry]) => entry);
}

export class Search {
  constructor(carte) {
    this.carte = carte;
    this.input = make("input", {
      type: "search", id: "recherche", role: "combobox", autocomplete: "off", spellcheck: "false",
      placeholder: "Aller à une commune, un EPCI…", "aria-label": "Chercher une commune, un code postal ou INSEE, un EPCI, un département, un établissement",
      "aria-expanded": "false", "aria-controls": "resultats", "aria-autocomplete": "list",
      oninput: () => this.find(), onkeydown: (event) => this.key(event),
      onblur: () => setTimeout(() => this.close(), 200),
    });
    this.results = make("ul", { id: "resultats", role: "listbox", "aria-label": "Résultats de la recherche", hidden: "" });
    this.node = make("div", { class: "search" }, this.input, this.results);
  }

  get entries() {
    this.made ??= this.communes().concat(this.parts(), this.groups("epcis", "e", "epci", "EPCI"), this.groups("departements", "d", "departement", "Département"), this.places());
    return this.made;
  }

  entry(name, detail, codes, weight, target) {
    return { ...target, name, detail, key: spelled(name, this.carte.config.search), codes: codes.toLowerCase(), weight };
  }

  communes() {
    const { rows, departements } = this.carte;
    return rows.map(({ n, p, d, h, c }, row) => this.entry(n, [p.split(" ")[0], departements[d]].filter(Boolean).join(", "), `${c} ${p}`, h, { row }));
  }

  /* Arrondissements: of their city. */
  parts() {
    return this.carte.config.search.parts.map(([name, detail, codes, city]) => this.entry(name, detail, codes, 0, { row: this.carte.rowOf.get(city) }));
  }

  /* Groups of communes, by a column of their members. */
  groups(names, column, kind, detail) {
    const members = new Map();
    for (const { [column]: one, h } of this.carte.rows) if (one) members.set(one, (members.get(one) || 0) + h);
    return [...members].map(([code, weight]) => this.entry(this.carte[names][code] || code, detail, code, weight, { contour: `${kind}:${code}` }));
  }

  /* Places of all layers. */
  places() {
    const found = new Map(Object.values(this.carte.config.points).flat().reverse().map((point) => [point.place || point.name, [point.lat, point.lon]]));
    return [...found].map(([name, point]) => this.entry(name, "Établissement", "", 0, { point }));
  }

  find() {
    const { search } = this.carte.config;
    if (spelled(this.input.value, search).length < search.least) return this.close();
    this.found = ranked(this.input.value, this.entries, search);
    this.list();
  }

  list() {
    const rows = this.found.map((entry, order) =>
      make("li", { role: "option", id: `resultat-${order}`, "aria-selected": "false", onmousedown: (event) => { event.preventDefault(); this.choose(entry); } },
        make("span", { text: entry.name }), make("small", { text: entry.detail })));
    if (!rows.length) rows.push(make("li", { class: "none", role: "option", "aria-disabled": "true", text: "Aucune commune, aucun code, EPCI, département ni établissement de la région ne correspond." }));
    this.results.replaceChildren(...rows);
    this.results.hidden = false;
    this.input.setAttribute("aria-expanded", "true");
    this.at = -1;
  }

  key(event) {
    if (event.key === "Escape") return this.close();
    if (!["ArrowDown", "ArrowUp", "Enter"].includes(event.key) || this.results.hidden || !this.found.length) return;
    event.preventDefault();
    if (event.key === "Enter") return this.choose(this.found[Math.max(0, this.at)]);
    const { length } = this.found;
    this.at = (this.at + (event.key === "ArrowDown" ? 1 : -1) + length) % length;
    [...this.results.children].forEach((row, order) => row.setAttribute("aria-selected", String(order === this.at)));
    this.input.setAttribute("aria-activedescendant", `resultat-${this.at}`);
  }

  choose(entry) {
    this.close();
    this.input.value = entry.name;
    this.carte.go(entry);
  }

  close() {
    this.results.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }
}
