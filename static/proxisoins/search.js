/* Search of a commune, a postcode or an EPCI, by keyboard or mouse. */
import { fold, make } from "./dom.js";

const SHOWN = 8;

export class Search {
  constructor(carte) {
    this.carte = carte;
    this.input = make("input", {
      type: "search", id: "recherche", role: "combobox", autocomplete: "off", spellcheck: "false",
      placeholder: "Commune, code postal, EPCI", "aria-label": "Chercher une commune, un code postal ou un EPCI",
      "aria-expanded": "false", "aria-controls": "resultats", "aria-autocomplete": "list",
      oninput: () => this.find(), onkeydown: (event) => this.key(event),
      onblur: () => setTimeout(() => this.close(), 200),
    });
    this.results = make("ul", { id: "resultats", role: "listbox", "aria-label": "Résultats de la recherche", hidden: "" });
    this.node = make("div", { class: "search" }, this.input, this.results);
  }

  get entries() {
    this.made ??= this.communes().concat(this.epcis());
    return this.made;
  }

  communes() {
    const { rows, departements } = this.carte;
    return rows.map(({ n, p, d, h }, row) => ({ row, name: n, detail: `${p.split(" ")[0]}, ${departements[d] || ""}`, key: fold(n), post: p, weight: h }));
  }

  epcis() {
    const members = new Map();
    for (const { e, h } of this.carte.rows) {
      if (e) members.set(e, (members.get(e) || 0) + h);
    }
    return Object.entries(this.carte.epcis).map(([code, name]) => ({ epci: code, name, detail: "EPCI", key: fold(name), post: "", weight: members.get(code) || 0 }));
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
    const found = this.entries.map((entry) => [rank(entry), entry]).filter(([order]) => order < 9);
    found.sort((a, b) => a[0] - b[0] || b[1].weight - a[1].weight);
    this.found = found.slice(0, SHOWN).map(([, entry]) => entry);
    this.list();
  }

  list() {
    const rows = this.found.map((entry, order) =>
      make("li", { role: "option", id: `resultat-${order}`, "aria-selected": "false", onmousedown: (event) => { event.preventDefault(); this.choose(entry); } },
        make("span", { text: entry.name }), make("small", { text: entry.detail })));
    if (!rows.length) rows.push(make("li", { class: "none", role: "option", "aria-disabled": "true", text: "Aucune commune, aucun code postal ni EPCI de la région ne correspond." }));
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
