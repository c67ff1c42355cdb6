/* Who lends to whom: lines whose width tells half-days. Fetched by the maps of help between territories. */

/* From a place to another by a light bend, so that two ways do not lie on one another. */
function bent([lat, lon], [toLat, toLon]) {
  const over = 0.12;
  const middle = [(lat + toLat) / 2 + over * (toLon - lon) * 0.7, (lon + toLon) / 2 - over * (toLat - lat) * 1.4];
  return Array.from({ length: 13 }, (_, step) => {
    const t = step / 12;
    const mix = (a, b, c) => (1 - t) * (1 - t) * a + 2 * t * (1 - t) * b + t * t * c;
    return [mix(lat, middle[0], toLat), mix(lon, middle[1], toLon)];
  });
}

/* Under marks and names. */
export function draw({ config, layers, map }, layer) {
  layers.remove(layer.key);
  const renderer = L.canvas({ pane: "rings" });
  const lines = (config.flows || []).map((flow) => {
    const drawn = { pane: "rings", renderer, interactive: false, color: layer.colour, weight: flow.width, opacity: 0.75, lineCap: "round" };
    return L.polyline(bent(flow.from, flow.to), drawn);
  });
  layers.drawn[layer.key] = L.layerGroup(lines).addTo(map);
}
