/* Who is within some minutes of a point: the table of the card. Fetched with the first isochrone asked for. */
import { make, number } from "./dom.js";
import { give } from "./given.js";

const WITHOUT = "without";

const TITLES = {
  population: "Habitants", over_75: "75 ans et plus", gps: "Généralistes",
  communes: "Communes", communes_without_gp: "Communes sans généraliste", already: "Habitants ayant un généraliste à 20 min",
};
/* Said where there are some. */
const MORE = {
  communes_gps_unknown: "Communes dont les médecins ne sont pas connus (non comptés)",
  outside_population: "En plus, hors de la région : habitants", outside_communes: "En plus, hors de la région : communes",
};

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

export function reached(carte, { rings, note, file }) {
  const { room } = carte;
  keep(file);
  const more = Object.entries(MORE).filter(([key]) => rings.some((one) => one[key]));
  const short = room.offered ? { [WITHOUT]: `Habitants sans place à ${room.known.minutes} min (${number(room.capacity)} par médecin)` } : {};
  const titles = { ...TITLES, ...short, ...Object.fromEntries(more) };
  const value = (one, key) => (key === WITHOUT ? without(room, one) : one[key]);
  const decimals = (key, value) => (key === "gps" && value % 1 ? 1 : 0);
  const heads = ["À", ...rings.map((one) => `${one.minutes} min`)].map((text) => make("th", { text, scope: "col" }));
  const cells = (key) => rings.map((one) => make("td", { class: "own", text: number(value(one, key), decimals(key, one[key])) }));
  const lines = Object.entries(titles).map(([key, text]) => make("tr", {}, make("th", { scope: "row", text }), ...cells(key)));
  const button = (text, onclick) => make("button", { type: "button", class: "quiet", text, onclick });
  const asked = (text, action) => button(text, () => (wanted = carte.ask({ action }).turn));
  const read = carte.config.read_only;
  const actions = make(
    "div", { class: "chips" },
    read ? null : asked("Évaluer une MSP ici", "msp"), read ? null : asked("Exporter (GeoJSON)", "fichier"),
    button("Effacer les isochrones", () => carte.clearHere()),
  );
  const counted = make("p", { class: "note", text: "Communes de la région, entières, comptées à leur bourg ; trajets d’un sens, en voiture. Une aire à part entoure la sortie d’une voie rapide." });
  const dated = make("p", { class: "note", text: note });
  const table = make("table", {}, make("thead", {}, make("tr", {}, ...heads)), make("tbody", {}, ...lines));
  return make("div", { class: "around" }, make("h3", { text: "Autour de ce point" }), table, counted, dated, actions);
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
