/* What is drawn over the communes: points, rings of isochrones, background tiles, names of towns. */
import { isPhone, make } from "./dom.js";
import { ring, symbol } from "./symbols.js";
import { outlineOf } from "./zones.js";

const CELL_PX = 34;
const LISTED = 12;
const LEAST_PX = 24;
const NEUTRAL = "#3d4657";

export class Layers {
  constructor(carte) {
    this.carte = carte;
    this.rings = {};
    this.drawn = {};
  }

  show(key, on) {
    const { carte } = this;
    const layer = carte.config.layers.find((one) => one.key === key);
    if (!layer) return;
    const box = document.getElementById(`couche-${key}`);
    if (box) box.checked = on;
    if (!on && layer.kind === "zones") carte.paint();
    else if (!on) this.remove(key);
    else if (layer.kind === "zones") carte.paint();
    else if (layer.kind === "points") this.points();
    else if (layer.kind === "tiles") this.tiles(layer);
    else if (layer.kind === "rings") {
      if (this.rings[key]) this.drawRings(key);
      else if (!carte.expected(key)) {
        carte.busy(true);
        carte.ask({ action: "couches" });
      }
    }
    carte.signal("layers", carte.state.layers.join(","));
  }

  /* Outlines of the zones shown, over the light stripes that fill them. */
  zones(values) {
    if (Boolean(values.length) === Boolean(this.drawn.zonage)) return;
    this.remove("zonage");
    if (!values.length) return;
    const { config, map, outlines } = this.carte;
    this.zoneLines ??= Object.entries(config.zones.styles).map(([zone, style]) => [style, outlineOf(outlines.filter((_, row) => config.zones.values[row] === zone).map((one) => one.getLatLngs()))]);
    const renderer = L.canvas({ pane: "zones" });
    const lines = this.zoneLines.map(([style, edges]) => L.polyline(edges, { pane: "zones", interactive: false, renderer, color: style.colour, weight: 1.6, opacity: 0.9, smoothFactor: 0.6 }));
    this.drawn.zonage = L.layerGroup(lines).addTo(map);
  }

  remove(key) {
    if (this.drawn[key]) this.drawn[key].remove();
    delete this.drawn[key];
  }

  tiles(layer) {
    const { map, panel } = this.carte;
    this.drawn[layer.key] = L.tileLayer(layer.url, { attribution: layer.attribution, maxZoom: 18, opacity: 1, crossOrigin: true }).addTo(map);
    this.drawn[layer.key].on("tileerror", () => panel.say("Le fond de carte de l’IGN ne répond pas : il demande une connexion à internet."));
  }

  /* Points near one another at this zoom are drawn as one circle with their number. */
  points() {
    const { config, map, state } = this.carte;
    for (const layer of config.layers.filter((one) => one.kind === "points")) {
      this.remove(layer.key);
      if (!state.layers.includes(layer.key)) continue;
      const cells = new Map();
      for (const point of config.points[layer.key] || []) {
        const place = map.project([point.lat, point.lon]);
        const cell = `${Math.floor(place.x / CELL_PX)},${Math.floor(place.y / CELL_PX)}`;
        if (!cells.has(cell)) cells.set(cell, []);
        cells.get(cell).push(point);
      }
      const group = L.layerGroup();
      for (const members of cells.values()) group.addLayer(this.marker(layer, members));
      this.drawn[layer.key] = group.addTo(map);
    }
  }

  marker(layer, members) {
    const [first] = members;
    const many = members.length > 1;
    const { title, holder } = layer.statuses ? this.statuses(layer, members) : { title: many ? `${layer.label} : ${members.length}` : first.name };
    // A count is neutral: several places are not one place of a kind.
    const own = holder || make("span", {}, many ? symbol("circle", NEUTRAL, String(members.length)) : symbol(layer.symbol.shape, layer.symbol.colour, layer.symbol.mark));
    const side = many && layer.statuses ? 30 : LEAST_PX;
    const icon = L.divIcon({ className: "point", html: own, iconSize: [side, side] });
    const mean = (name) => members.reduce((sum, one) => sum + one[name], 0) / members.length;
    const marker = L.marker([mean("lat"), mean("lon")], { icon, keyboard: true, title, alt: title });
    const listed = members.slice(0, LISTED).map((one) => make("li", {}, make("strong", { text: one.name }), make("br"), document.createTextNode(one.detail)));
    if (members.length > LISTED) listed.push(make("li", { text: `… et ${members.length - LISTED} autres : zoomez pour les séparer.` }));
    return marker.bindPopup(() => make("ul", { class: "popup" }, ...listed), { maxWidth: 280 });
  }

  /* One mark for lines of several statuses: a ring cut by status, the worst told first and as a badge. */
  statuses(layer, members) {
    const worstFirst = layer.worst_first.map((status) => ({ status, ...layer.statuses[status], count: members.filter((one) => one.status === status).length }));
    const parts = worstFirst.filter((one) => one.count);
    const [worst] = parts;
    const told = parts.map((one) => `${one.count} ${one.status}`).join(", ");
    const places = new Set(members.map((one) => one.place));
    const where = places.size === 1 && members[0].place ? members[0].place : layer.label;
    if (members.length === 1) return { title: `${members[0].name} : ${worst.status}`, holder: make("span", { "data-status": worst.status }, symbol(worst.shape, worst.colour, worst.mark)) };
    const lacking = parts.find((one) => one.status === layer.worst_first[0]);
    const badge = lacking ? make("b", { class: "badge", text: String(lacking.count) }) : null;
    return { title: `${where} : ${told}`, holder: make("span", { "data-status": worst.status, "data-lacking": lacking ? lacking.count : 0 }, ring(parts, members.length), badge) };
  }

  drawRings(key) {
    const { config, map } = this.carte;
    this.remove(key);
    const own = config.layers.find((one) => one.key === key);
    const colour = own ? own.colour : "#000091";
    const strokes = (own || config.layers.find((one) => one.kind === "rings")).legend;
    const strokeOf = (minutes) => strokes.find((one) => one.minutes === minutes) || strokes[0];
    this.drawn[key] = L.geoJSON(this.rings[key], {
      pane: "rings", interactive: false, renderer: L.canvas({ pane: "rings" }),
      style: ({ properties: { minutes } }) => ({ color: colour, weight: strokeOf(minutes).weight, dashArray: strokeOf(minutes).dash, fillColor: colour, fillOpacity: minutes === 20 ? 0.06 : 0.02 }),
    }).addTo(map);
    this.carte.signal("rings", Object.keys(this.rings).join(","));
  }

  /* Rings of the answer of the server: kept, and drawn where their layer is on. */
  receive(rings) {
    for (const [key, one] of Object.entries(rings)) {
      this.rings[key] = one;
      if (key === "ici" || this.carte.state.layers.includes(key)) this.drawRings(key);
    }
  }

  forget(key) {
    this.remove(key);
    delete this.rings[key];
  }

  /* Names of the largest towns, as many as there is room for. */
  names() {
    const { config, map, rows } = this.carte;
    const towns = rows.map(({ n, h }, row) => ({ name: n, weight: h, spot: L.latLng(config.lat[row], config.lon[row]) })).sort((a, b) => b.weight - a.weight);
    const group = L.layerGroup().addTo(map);
    const write = () => {
      group.clearLayers();
      const bounds = map.getBounds().pad(-0.02);
      const taken = [];
      for (const { name, spot } of towns) {
        if (taken.length >= (isPhone() ? 9 : 18)) break;
        if (!bounds.contains(spot)) continue;
        const { x, y } = map.latLngToContainerPoint(spot);
        if (taken.some((one) => Math.abs(one.x - x) < 110 && Math.abs(one.y - y) < 34)) continue;
        taken.push({ x, y });
        const icon = L.divIcon({ className: "town", html: make("span", { text: name }), iconSize: null });
        L.marker(spot, { pane: "names", interactive: false, keyboard: false, icon }).addTo(group);
      }
    };
    map.on("moveend", write);
    write();
  }
}
