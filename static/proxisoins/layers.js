/* What is drawn over the communes: rings, background tiles; see `marks.js`, `names.js`, `flows.js`. */
import { Names } from "./names.js";
import { outlineOf } from "./zones.js";

export class Layers {
  constructor(carte) {
    this.carte = carte;
    this.marks = null;
    this.rings = {};
    this.drawn = {};
  }

  async show(key, on) {
    const { carte } = this;
    const layer = carte.config.layers.find((one) => one.key === key);
    if (!layer) return;
    const box = document.getElementById(`couche-${key}`);
    if (box) box.checked = on;
    if (layer.kind === "zones") carte.paint();
    else if (layer.kind === "points") await this.points();
    else if (!on) this.remove(key);
    else if (layer.kind === "flows") await import("./flows.js").then((m) => m.draw(carte, layer));
    else if (layer.kind === "tiles") this.tiles(layer);
    else if (layer.kind === "rings") {
      if (this.rings[key]) this.drawRings(key);
      else if (!this.expected(key)) {
        carte.busy(true);
        carte.ask({ action: "couches" });
      }
    }
    carte.signal("layers", carte.state.layers.join(","));
  }

  /* Answered unasked. */
  expected(key) {
    return Boolean(this.rings[key] || this.carte.waiting?.rings?.[key]);
  }

  /* Marks of the points shown, and the names that keep clear of them. */
  async points() {
    const { config, state } = this.carte;
    if (!this.marks) {
      if (!config.layers.some((one) => one.kind === "points" && state.layers.includes(one.key))) return;
      const { Marks } = await import("./marks.js");
      this.marks ??= new Marks(this.carte);
    }
    this.marks.draw();
    if (this.names) this.names.draw();
  }

  write() {
    this.names = new Names(this.carte);
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
    this.drawn[layer.key].on("tileerror", () => panel.say("Le fond IGN ne répond pas : il demande une connexion à internet."));
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

  /* Rings of the server: kept, drawn where their layer is on. */
  receive(rings) {
    for (const [key, one] of Object.entries(rings)) {
      this.rings[key] = one;
      if (key === "ici" ? this.carte.state.here : this.carte.state.layers.includes(key)) this.drawRings(key);
    }
  }

  forget(key) {
    this.remove(key);
    delete this.rings[key];
  }

  /* Communes outlined, neighbours as one, because something is tried on them. */
  mark(rows) {
    const { carte } = this;
    this.remove("marked");
    const drawn = { pane: "selected", interactive: false, color: "#161616", weight: 2, dashArray: "4 3" };
    this.drawn.marked = L.polyline(outlineOf(rows.map((row) => carte.outlines[row].getLatLngs())), drawn).addTo(carte.map);
    carte.signal("marked", String(rows.length));
  }
}
