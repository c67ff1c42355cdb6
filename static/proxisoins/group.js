/* A département or an EPCI that was searched: its communes outlined, and what is said of it as of the region. */
import { nearestYear, worded } from "./data.js";
import { make } from "./dom.js";
import { without } from "./room.js";

/* Both ends of the room of the communes that hold a value in a column; nothing where it is not known. */
export function roomOf(room, name, column, value) {
  const rows = room.carte.rows.flatMap((one, row) => (one[column] === value && room.counted(row) ? [row] : []));
  if (!rows.length) return "";
  const sum = (of) => rows.reduce((people, row) => people + of(row), 0);
  const least = Math.round(sum((row) => room.fair(row)));
  const served = Math.round(sum((row) => room.known.nearest[room.step][row]));
  return `${name} : ${without(least, served, sum((row) => room.carte.rows[row].h))} chez un généraliste à ${room.known.minutes} minutes.`;
}

/* Of other indicators, the value that the card compares with; it is that of the latest year. */
function valueOf({ config, indicator, state }, name, level, code) {
  const past = nearestYear(indicator.years, state.year);
  const latest = !past || past === indicator.years[indicator.years.length - 1];
  const value = config.comparisons[indicator.key]?.[level]?.[code] ?? null;
  if (indicator.current || !latest || value === null) return "";
  return `${indicator.label}, ${name} : ${worded(indicator, value).replace(/\.$/, "")}.`;
}

export function go(carte, entry) {
  const members = carte.outlines.filter(({ row }) => (entry.epci ? carte.rows[row].e === entry.epci : carte.rows[row].d === entry.departement));
  carte.fit(L.featureGroup(members).getBounds());
  carte.outline(members);
  carte.panel.group?.node.remove();
  carte.panel.group = new Group(carte, entry);
}

/* In sight until a commune is chosen. */
class Group {
  constructor(carte, { name, departement, epci }) {
    Object.assign(this, { carte, name, commune: carte.state.commune, code: epci || departement });
    [this.column, this.level] = epci ? ["e", "epci"] : ["d", "departement"];
    this.node = make("p", { class: "sentence", role: "status", style: "margin-bottom: 8px" });
    carte.panel.sentence.before(this.node);
    this.draw();
  }

  draw() {
    const { carte, name, column, level, code, node } = this;
    const said = carte.room.shown ? roomOf(carte.room, name, column, code) : valueOf(carte, name, level, code);
    node.hidden = !said || carte.state.commune !== this.commune;
    node.textContent = node.hidden ? "" : said;
  }
}
