/* Search of a commune, a postcode or an EPCI, by keyboard or mouse. */
import { fold, make } from "./dom.js";

const SHOWN = 8;
const MANY = 9;

/* Letters to change, add, drop or swap to go from one name to the other; MANY when lengths alone say it is far. */
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

export class Search {
  constructor(carte) {
    this.carte = carte;
    this.input = make("input", {
      type: "search", id: "recherche", role: "combobox", autocomplete: "off", spellcheck: "false",
      placeholder: "Chercher une commune, un EPCI…", "aria-label": "Chercher une commune, un code postal ou INSEE, un EPCI, un département, un établissement",
      "aria-expanded": "false", "aria-controls": "resultats", "aria-autocomplete": "list",
      oninput: () => this.find(), onkeydown: (event) => this.key(event),
      onblur: () => setTimeout(() => this.close(), 200),
    });
    this.results = make("ul", { id: "resultats", role: "listbox", "aria-label": "Résultats de la recherche", hidden: "" });
    this.node = make("div", { class: "search" }, this.input, this.results);
  }

  get entries() {
    this.made ??= this.communes().concat(this.groups("epcis", "e", "epci", "EPCI"), this.groups("departements", "d", "departement", "Département"), this.places());
    return this.made;
  }

  communes() {
    const { rows, departements } = this.carte;
    return rows.map(({ n, p, d, h }, row) => ({ row, name: n, detail: `${p.split(" ")[0]}, ${departements[d] || ""}`, key: fold(n), post: `${p} ${this.carte.rows[row].c}`, weight: h }));
  }

  /* Groups of communes: EPCI by the column "e" of their members, départements by "d". */
  groups(names, column, kind, detail) {
    const members = new Map();
    for (const row of this.carte.rows) {
      if (row[column]) members.set(row[column], (members.get(row[column]) || 0) + row.h);
    }
    return [...members].map(([code, weight]) => {
      const name = this.carte[names][code] || code;
      return { [kind]: code, name, detail, key: fold(name), post: kind === "departement" ? code : "", weight };
    });
  }

  /* Establishments and structures of all layers of points. */
  places() {
    const found = new Map();
    for (const point of Object.values(this.carte.config.points).flat()) {
      const name = point.place || point.name;
      if (!found.has(name)) found.set(name, { point: [point.lat, point.lon], name, detail: "Établissement", key: fold(name), post: "", weight: 0 });
    }
    return [...found.values()];
  }

  find() {
    const asked = fold(this.input.value).replace(/\bst\b/g, "saint").replace(/\bste\b/g, "sainte");
    if (asked.length < 2) return this.close();
    const digits = /^\d+$/.test(asked);
    const rank = (entry) => {
      if (digits) return entry.post.split(" ").some((one) => one.startsWith(asked)) ? 0 : 9;
      if (entry.key === asked) return 0;
      if (entry.key.startsWith(asked)) return 1;
      return ` ${entry.key}`.includes(` ${asked}`) ? 2 : entry.key.includes(asked) ? 3 : 9;
    };
    let found = this.entries.map((entry) => [rank(entry), entry]).filter(([order]) => order < 9);
    // Typing errors are forgiven once nothing is written so.
    if (!found.length && !digits && asked.length > 3) found = this.entries.map((entry) => [errors(asked, entry.key), entry]).filter(([count]) => count <= (asked.length > 6 ? 2 : 1));
    found.sort((a, b) => a[0] - b[0] || b[1].weight - a[1].weight);
    this.found = found.slice(0, SHOWN).map(([, entry]) => entry);
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
    const count = this.found.length;
    this.at = (this.at + (event.key === "ArrowDown" ? 1 : -1) + count) % count;
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
