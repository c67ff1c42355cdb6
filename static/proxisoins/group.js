/* A département or an EPCI that was searched: its communes outlined, and what is said of it as of the region. */
import { nearestYear, worded } from "./data.js";
import { make } from "./dom.js";
import { without } from "./room.js";
import { outlineOf } from "./zones.js";

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

const FOREIGN = "L’EPCI ou le département que demande l’adresse n’est pas de cette région : cherchez-le par son nom.";

/* Draw its outline, and bring the map to it. */
export function show(carte, fit) {
  const { contour, panel, map } = carte, [level, code] = contour.split(":"), column = { epci: "e", departement: "d" }[level];
  const members = carte.outlines.filter(({ row }) => column && carte.rows[row][column] === code);
  panel.group?.node.remove();
  panel.group = new Group(carte, { level, code, column, contour, known: members.length > 0 });
  if (!members.length) return;
  if (fit) carte.fit(L.featureGroup(members).getBounds());
  carte.selected?.remove();
  carte.selected = L.polyline(outlineOf(members.map((one) => one.getLatLngs())), { pane: "selected", interactive: false, color: "#000091", weight: 3 }).addTo(map);
}

/* What is said of it, as long as it is outlined. */
class Group {
  constructor(carte, asked) {
    const { column, code } = asked;
    Object.assign(this, asked, { carte, name: (column === "e" ? carte.epcis : carte.departements)[code] || code });
    this.node = make("p", { class: "sentence", role: "status", style: "margin-bottom: 8px" });
    carte.panel.sentence.before(this.node);
    this.draw();
  }

  get said() {
    const { carte, name, column, level, code } = this;
    if (!this.known) return FOREIGN;
    return carte.room.shown ? roomOf(carte.room, name, column, code) : valueOf(carte, name, level, code);
  }

  draw() {
    const { carte, contour, node } = this, said = carte.contour === contour ? this.said : "";
    node.hidden = !said;
    node.textContent = said;
  }
}
