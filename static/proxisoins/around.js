/* Who is within some minutes of a point: the table of the card. Fetched with the first isochrone asked for. */
import { make, number } from "./dom.js";
import { give } from "./given.js";

/* The question that a file is to answer: once handed over, or if this page has not asked, none is. */
let wanted;

function keep(file) {
  if (!file || file.turn !== wanted) return;
  wanted = null;
  give(new Blob([file.text], { type: "application/geo+json" }), file.name);
}

/* Inhabitants without room in a ring, as the map counts them now; null where no commune is known. */
function without(room, { rows }) {
  const counted = rows.filter((row) => room.counted(row));
  return counted.length ? counted.reduce((sum, row) => sum + room.without(row), 0) : null;
}

export function reached(carte, { rings, titles, counting, note, file }) {
  const { room } = carte;
  keep(file);
  const heads = ["À", ...rings.map((one) => `${one.minutes} min`)].map((text) => make("th", { text, scope: "col" }));
  const line = (text, values, part) => make(
    "tr", {}, make("th", { scope: "row", text }),
    ...values.map((value) => make("td", { class: "own", text: number(value, part && value % 1 ? 1 : 0) })),
  );
  const lines = Object.entries(titles).map(([key, text]) => line(text, rings.map((one) => one[key]), key === "gps"));
  if (room.offered) {
    const short = `Habitants sans place à ${room.known.minutes} min (${number(room.capacity)} par médecin)`;
    const below = Object.keys(titles).indexOf("already") + 1;
    lines.splice(below, 0, line(short, rings.map((one) => without(room, one))));
  }
  const button = (text, onclick) => make("button", { type: "button", class: "quiet", text, onclick });
  const asked = (text, action) => button(text, () => (wanted = carte.ask({ action }).turn));
  const read = carte.config.read_only;
  const actions = make(
    "div", { class: "chips" },
    read ? null : asked("Évaluer une MSP ici", "msp"), read ? null : asked("Exporter (GeoJSON)", "fichier"),
    button("Effacer les isochrones", () => carte.clearHere()),
  );
  const notes = [counting, note].map((text) => make("p", { class: "note", text }));
  const table = make("table", {}, make("thead", {}, make("tr", {}, ...heads)), make("tbody", {}, ...lines));
  return make("div", { class: "around" }, make("h3", { text: "Autour de ce point" }), table, ...notes, actions);
}

/* Where no commune is chosen: an address may give a point alone. */
export function alone(carte, around) {
  const { card, config, row, state } = carte;
  if (row !== undefined || !state.here || config.told_beside) return;
  const close = make("button", { type: "button", class: "close", "aria-label": "Fermer", text: "×", onclick: () => carte.unselect() });
  card.node.replaceChildren(close, make("h2", { text: "Point de cette adresse" }), reached(carte, around));
  card.node.hidden = false;
  carte.column(true);
}
