/* What the address says of a map that leaves it to the server: its commune, layers, indicator, point, years, room. */
import { parsed, query } from "./address.js";

const PAUSE_MS = 250;
const CHOICES = ["indicator", "year", "since", "place", "seuil", "partage"];
let due = null;

/* What the server writes of a view: not where the map stands. */
const choices = ({ lon, lat, z, ...chosen }) => JSON.stringify(chosen);
const isNew = ({ asked, state, config }) => Boolean(asked) && choices(query(state, config)) !== choices(asked.state);

/* Tell the server what no question has told it, once its reader pauses. */
export function tell(carte) {
  clearTimeout(due);
  due = null;
  if (!isNew(carte)) return;
  due = setTimeout(() => {
    due = null;
    if (isNew(carte)) carte.ask({ action: "choix" });
  }, PAUSE_MS);
}

/* Show them, unless a newer gesture is on its way to the server; first the state, of which each question tells all. */
export function follow(carte, heard, { commune, layers, view }) {
  if (due !== null || (carte.asked?.turn && carte.asked.turn !== heard)) return;
  const { config, rowOf, state } = carte, asked = parsed(config, new URLSearchParams(view));
  const row = rowOf.get(commune), { layers: before, here } = state, said = layers.split(",");
  if (!carte.indicators.has(asked.indicator)) asked.indicator = state.indicator;
  const other = CHOICES.filter((name) => (state[name] || null) !== (asked[name] || null));
  for (const name of other) state[name] = asked[name];
  const on = (key) => said.includes(key) || (config.defaults.layers.includes(key) && !said.includes(`-${key}`));
  state.layers = config.layers.map(({ key }) => key).filter(on);
  Object.assign(state, { commune: row === undefined ? "" : commune, contour: asked.contour, here: asked.here });
  carte.following = true;
  if (row === undefined && carte.row !== undefined) leave(carte);
  if (row === undefined) grouped(carte);
  if (here && !asked.here) carte.here.forget();
  if (other.length) carte.draw();
  showLayers(carte, before);
  if (carte.room.shown && !carte.room.at.has(carte.room.minutes)) carte.ask({ action: "place" });
  const moves = row !== undefined && row !== carte.row;
  if (moves) carte.select(row, null, false);
  else if (row !== undefined && (other.length || (here && !asked.here))) carte.card.fill(row);
  if (String(here || "") !== String(asked.here || "")) pointed(carte);
  if (moves) carte.stay?.();
  carte.following = false;
  carte.asked = { ...carte.asked, state: query(state, config) };
}

/* No commune is chosen any more; the point of isochrones may stay. */
function leave(carte) {
  carte.row = undefined;
  carte.room.forget();
  carte.selected.remove();
  carte.card.hide();
  carte.beside(Boolean(carte.state.here));
  carte.panel.legend();
}

/* Another group outlined, or none. */
function grouped(carte) {
  const { contour } = carte.state;
  if (contour === (carte.contour || "")) return;
  carte.contour = contour;
  carte.selected?.remove();
  if (contour) import("./group.js").then((m) => m.show(carte, false));
  else carte.panel.legend();
}

/* Another point, or none. */
function pointed(carte) {
  const { row, state } = carte;
  if (state.here) return void carte.here.follow(state.here);
  if (row === undefined) carte.card.hide();
  carte.beside(row !== undefined);
  carte.panel.legend();
}

function showLayers(carte, before) {
  const { config, state } = carte;
  const changed = config.layers.filter(({ key }) => before.includes(key) !== state.layers.includes(key));
  for (const { key } of changed) carte.layers.show(key, state.layers.includes(key));
  if (!changed.length) return;
  carte.panel.legend();
  carte.paint();
  carte.ask({ action: "couches" });
}
