/* What changed between two years: an indicator made of the difference, under a diverging legend. */
import { nearestYear, otherYear } from "./data.js";
import { make, number } from "./dom.js";

export class Years {
  constructor(carte) {
    this.carte = carte;
    this.choice = make("select", { id: "depuis", onchange: (event) => this.compare(Number(event.target.value) || null) });
    this.node = make("label", { class: "field since", for: "depuis", hidden: "" }, make("span", { text: "Comparer avec l’année" }), this.choice);
  }

  /* The vintage shown, or that nearest to the year asked. */
  get until() {
    const { years = [] } = this.carte.chosen;
    return nearestYear(years, this.carte.state.year) || years[years.length - 1];
  }

  /* The vintage that it is compared with, or that nearest to the year asked; null for none. */
  get since() {
    const { until } = this;
    const { years = [], difference } = this.carte.chosen;
    const asked = this.carte.state.since;
    return difference && asked !== until?.year ? nearestYear(years.filter((one) => one !== until), asked) : null;
  }

  /* The indicator that the map draws while two years are compared. */
  get indicator() {
    const { since, until } = this;
    if (!since) return null;
    const { chosen, state } = this.carte;
    const asked = state.since;
    const [first, last] = since.year < until.year ? [since, until] : [until, since];
    const { made } = this;
    if (made && made.base === chosen && made.first === first && made.last === last && made.asked === asked) return made.indicator;
    const values = first.values.map((one, row) => {
      const two = last.values[row];
      return one === null || one === undefined || two === null || two === undefined ? null : two - one;
    });
    const label = `${chosen.label} : différence de ${first.year} à ${last.year}`;
    const sentence = otherYear(asked, since) + this.sentence(first.year, last.year, values, chosen);
    const indicator = { ...chosen, label, short: label, ...chosen.difference, sentence, current: values };
    this.made = { base: chosen, first, last, asked, indicator };
    return indicator;
  }

  sentence(first, last, values, { label, difference }) {
    const [low, high] = difference.unchanged;
    const communes = { less: 0, more: 0, same: 0, unknown: 0 };
    values.forEach((value) => (communes[value === null ? "unknown" : value < low ? "less" : value > high ? "more" : "same"] += 1));
    const known = values.length - communes.unknown;
    const beside = communes.unknown ? `\u00a0; ${number(communes.unknown)} sans valeur pour l’une des deux années` : "";
    return `${label}, de ${first} à ${last}, sur ${number(known)} communes\u00a0: baisse dans ${number(communes.less)}, hausse dans ${number(communes.more)}, sans changement dans ${number(communes.same)}${beside}.`;
  }

  compare(year) {
    const { carte } = this;
    carte.state.since = year;
    carte.draw();
    carte.write(true);
  }

  /* The years that may be compared with the one shown. */
  draw() {
    const { years = [], difference } = this.carte.chosen;
    this.node.hidden = !difference || years.length < 2;
    if (this.node.hidden) return;
    const { since, until } = this;
    const option = (value, text) => make("option", { value: String(value), text });
    this.choice.replaceChildren(option("", "aucune"), ...years.filter((one) => one !== until).map(({ year }) => option(year, String(year))));
    this.choice.value = since ? String(since.year) : "";
  }
}
