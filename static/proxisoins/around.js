/* Who is within some minutes of a point: the table of the card. Fetched with the first isochrone asked for. */
import { make, number } from "./dom.js";

const TITLES = {
  population: "Habitants", over_75: "75 ans et plus", gps: "Généralistes",
  communes: "Communes", communes_without_gp: "Communes sans généraliste", already: "Habitants ayant un généraliste à 20 min",
};
/* Said where there are some. */
const MORE = {
  communes_gps_unknown: "Communes dont les médecins ne sont pas connus (non comptés)",
  outside_population: "En plus, hors de la région : habitants", outside_communes: "En plus, hors de la région : communes",
};

export function reached(carte, around) {
  const more = Object.entries(MORE).filter(([key]) => around.some((one) => one[key]));
  const titles = { ...TITLES, ...Object.fromEntries(more) };
  const decimals = (key, value) => (key === "gps" && value % 1 ? 1 : 0);
  const heads = ["À", ...around.map((one) => `${one.minutes} min`)].map((text) => make("th", { text, scope: "col" }));
  const cells = (key) => around.map((one) => make("td", { class: "own", text: number(one[key], decimals(key, one[key])) }));
  const lines = Object.entries(titles).map(([key, text]) => make("tr", {}, make("th", { scope: "row", text }), ...cells(key)));
  const clear = make("button", { type: "button", class: "quiet", text: "Effacer les isochrones", onclick: () => carte.clearHere() });
  const note = make("p", { class: "note", text: "Communes de la région, entières, comptées à leur bourg ; trajets d’un sens, en voiture. Une aire à part entoure la sortie d’une voie rapide." });
  return make("div", { class: "around" }, make("h3", { text: "Autour de ce point" }), make("table", {}, make("thead", {}, make("tr", {}, ...heads)), make("tbody", {}, ...lines)), note, clear);
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
