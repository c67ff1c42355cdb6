/* What the address says of a map that leaves it to the server: its commune, its layers. */

/* Show them, unless a newer gesture is on its way to the server. */
export function follow(carte, { commune, layers }, heard) {
  const { config, rowOf, state } = carte;
  if (carte.asked && carte.asked !== heard) return;
  const said = layers.split(","), before = state.layers;
  const on = (key) => said.includes(key) || (config.defaults.layers.includes(key) && !said.includes(`-${key}`));
  state.layers = config.layers.map(({ key }) => key).filter(on);
  const changed = config.layers.filter(({ key }) => before.includes(key) !== state.layers.includes(key));
  for (const { key } of changed) carte.layers.show(key, state.layers.includes(key));
  if (changed.length) {
    carte.panel.legend();
    carte.paint();
    carte.ask({ action: "couches" });
  }
  const row = rowOf.get(commune);
  if (row !== undefined && row !== carte.row) carte.select(row, null, false);
  else if (row === undefined && carte.row !== undefined) carte.unselect();
}
