/* What changed between two years: an indicator made of the difference, under a diverging legend. */
import { make, number } from "./dom.js";

export class Years {
  constructor(carte) {
    this.carte = carte;
    this.choice = make("select", { id: "depuis", onchange: (event) => this.compare(Number(event.target.value) || null) });
    this.node = make("label", { class: "field since", for: "depuis", hidden: "" }, make("span", { text: "Comparer avec l’année" }), this.choice);
  }

  /* The two vintages compared, oldest first; null where the indicator shown has not both. */
  get pair() {
    const { state } = this.carte;
    const { years = [], difference } = this.carte.chosen;
    if (!difference || !state.since || years.length < 2) return null;
    const since = years.find((one) => one.year === state.since);
    const until = years.find((one) => one.year === state.year) || years[years.length - 1];
    if (!since || since === until) return null;
    return since.year < until.year ? [since, until] : [until, since];
  }

  /* The indicator that the map draws while two years are compared. */
  get indicator() {
    const { pair } = this;
    if (!pair) return null;
    const { chosen } = this.carte;
    const [first, last] = pair;
    if (this.made && this.made.base === chosen && this.made.first === first && this.made.last === last) return this.made.indicator;
    const values = first.values.map((one, row) => {
      const two = last.values[row];
      return one === null || one === undefined || two === null || two === undefined ? null : two - one;
    });
    const label = `${chosen.label} : différence de ${first.year} à ${last.year}`;
    const indicator = { ...chosen, label, short: label, ...chosen.difference, sentence: this.sentence(first.year, last.year, values, chosen), current: values };
    this.made = { base: chosen, first, last, indicator };
    return indicator;
  }

  sentence(first, last, values, { difference }) {
    const [low, high] = difference.unchanged;
    const communes = { less: 0, more: 0, same: 0, unknown: 0 };
    values.forEach((value) => (communes[value === null ? "unknown" : value < low ? "less" : value > high ? "more" : "same"] += 1));
    const known = values.length - communes.unknown;
    const beside = communes.unknown ? ` ; ${number(communes.unknown)} sans valeur pour l’une des deux années` : "";
    return `De ${first} à ${last}, sur ${number(known)} communes : baisse dans ${number(communes.less)}, hausse dans ${number(communes.more)}, sans changement dans ${number(communes.same)}${beside}.`;
  }

  compare(year) {
    const { carte } = this;
    carte.state.since = year;
    carte.draw();
    carte.write(true);
  }

  /* The years that may be compared with the one shown. */
  draw() {
    const { state, chosen } = this.carte;
    const { years = [], difference } = chosen;
    this.node.hidden = !difference || years.length < 2;
    if (this.node.hidden) return;
    const shown = state.year || years[years.length - 1].year;
    const option = (value, text) => make("option", { value: String(value), text });
    this.choice.replaceChildren(option("", "aucune"), ...years.filter((one) => one.year !== shown).map(({ year }) => option(year, String(year))));
    this.choice.value = this.pair ? String(state.since) : "";
  }
}
