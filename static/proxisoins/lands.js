/* Lands that no road joins, in one set: the map opens on the mainland, the others are a gesture away. */
import { make } from "./dom.js";

/* The name and the bounds of each overseas département, by code. */
export function landsBeside({ rows, outlines, departements }) {
  const groups = new Map();
  rows.forEach(({ d }, row) => {
    if (d.startsWith("97")) groups.set(d, [...(groups.get(d) || []), outlines[row]]);
  });
  return [...groups].sort().map(([code, own]) => ({ name: departements[code] || code, where: L.featureGroup(own).getBounds() }));
}

/* Offer a button for the mainland and one for each land beside. */
export function offer(carte) {
  const go = ({ name, where }) => make("button", { type: "button", class: "quiet", text: name, onclick: () => carte.fit(where) });
  const home = { name: "Hexagone et Corse", where: carte.home };
  carte.panel.words.after(make("div", { class: "chips", role: "group", "aria-label": "Aller à" }, ...[home, ...landsBeside(carte)].map(go)));
}
