/* The map: communes under their colours, the one selected; panel, card and layers. */
import * as address from "./address.js";
import { Card } from "./card.js";
import { classOf, communesOf, nearestYear, outlinesOf, worded } from "./data.js";
import { isPhone, make } from "./dom.js";
import { seen, settle } from "./frame.js";
import { Here } from "./here.js";
import { Layers } from "./layers.js";
import { Panel } from "./panel.js";
import { Room } from "./room.js";
import { fillOf } from "./symbols.js";

const PANES = { land: 150, zones: 410, borders: 420, rings: 430, selected: 440, names: 650 };

/* Draws the pattern of a commune's zone along the path of its colour: no second layer. */
const ZonedCanvas = L.Canvas.extend({
  _fillStroke(pen, layer) {
    L.Canvas.prototype._fillStroke.call(this, pen, layer);
    if (!layer.options.zone) return;
    pen.globalAlpha = 0.28;
    pen.fillStyle = layer.options.zone;
    pen.fill("evenodd");
    pen.globalAlpha = 1;
  },
});
export class Carte {
  constructor(map, config) {
    this.map = map;
    this.config = config;
    this.state = address.remembered(config);
    this.turn = 0;
    this.canvas = new ZonedCanvas({ padding: 0.1 });
    this.indicators = new Map(config.indicators.map((one) => [one.key, one]));
    if (!this.indicators.has(this.state.indicator)) this.state.indicator = config.indicators[0].key;
    this.layers = new Layers(this);
    this.room = new Room(this);
    this.here = new Here(this);
    document.documentElement.lang = "fr";
    document.title = "Carte";
    settle(this);
    this.panel = new Panel(this);
    this.card = new Card(this);
    const boxes = [this.panel.node, this.card.node];
    if (isPhone()) boxes.reverse(); // one sheet, read as it is seen
    document.body.prepend(make("div", { class: "sheet" }, ...boxes));
    document.body.classList.add("loading");
    boxes.forEach(L.DomEvent.disableClickPropagation);
    boxes.forEach(L.DomEvent.disableScrollPropagation);
  }

  /* What Back or Forward gives. */
  follow() {
    if (!this.rows || address.isSilent(this.config)) return;
    const { state, config } = this, { layers: before, indicator, here } = state;
    const asked = address.parsed(config);
    Object.assign(state, asked, { here });
    if (!this.chosen) state.indicator = indicator; // not all maps offer the default
    this.following = true;
    this.column();
    this.opened();
    for (const key of new Set([...before, ...state.layers])) this.layers.show(key, state.layers.includes(key));
    this.draw();
    const row = this.rowOf.get(state.commune);
    if (row === undefined) this.unselect(state.contour);
    else if (row !== this.row) this.select(row, null, false);
    if (String(state.here) !== String(asked.here)) this.here.follow(asked.here);
    this.following = false;
    if (String(before) !== String(state.layers)) this.ask({ action: "couches" });
  }

  start(contours) {
    const { map, state, config } = this;
    for (const [name, zIndex] of Object.entries(PANES)) Object.assign(map.createPane(name).style, { zIndex, pointerEvents: "none" });
    Object.assign(this, { epcis: contours.epcis, departements: contours.departements });
    this.rows = communesOf(contours);
    this.rowOf = new Map(this.rows.map(({ c }, row) => [c, row]));
    if (!this.rowOf.has(state.commune)) state.commune = config.state.commune;
    this.outlines = outlinesOf(contours).map((rings, row) => Object.assign(L.polygon(rings, { renderer: this.canvas, smoothFactor: 0.6, noClip: true, color: "#ffffff", weight: 0.5, opacity: 0.7 }), { row }));
    this.communes = L.featureGroup(this.outlines);
    this.communes.bindTooltip((layer) => this.tooltip(layer.row), { sticky: true, direction: "top", opacity: 0.95 });
    this.communes.on("click", (event) => {
      L.DomEvent.stop(event);
      this.select(event.layer.row, event.latlng, true);
    });
    const inland = this.outlines.filter((_, row) => !this.rows[row].d.startsWith("97"));
    this.home = (inland.length ? L.featureGroup(inland) : this.communes).getBounds();
    if (inland.length % this.rows.length) import("./lands.js").then((m) => m.offer(this));
    this.draw();
    // The column, then the view, then the layers: each is projected once.
    this.column();
    this.opened();
    this.ground(contours);
    map.attributionControl.setPrefix("Leaflet");
    L.control.scale({ imperial: false, position: "bottomleft" }).addTo(map);
    map.attributionControl.addAttribution(config.attribution);
    // Being replaced, in a closed tab or led by Back: nobody moved it.
    map.on("moveend", () => map.getSize().x && !this.following && this.moved());
    map.on("zoomend", () => this.layers.points());
    map.on("click", () => this.unselect());
    if (!config.whole || config.read_only) import("./wheel.js").then((m) => m.offer(this));
    this.layers.write();
    for (const key of state.layers) this.layers.show(key, true);
    if (this.room.shown && !this.room.at.has(this.room.minutes) && !this.waiting?.room) this.ask({ action: "place" });
    if (state.here && !this.layers.expected("ici")) this.ask({ action: "isochrone" });
    const row = this.rowOf.get(state.commune);
    if (row !== undefined) this.select(row, null, false);
    else if (state.contour && !state.here) this.unselect(state.contour, !Number.isFinite(state.lat));
    document.body.classList.remove("loading");
    this.signal("ready", "1");
    if (this.waiting) this.receive(this.waiting);
  }

  /* The view of the address, its commune, or all. */
  opened() {
    const { lat, lon, zoom, commune } = this.state;
    const named = this.outlines[this.rowOf.get(commune)];
    if ([lat, lon, zoom].every(Number.isFinite)) this.map.setView([lat, lon], zoom, { animate: false });
    else this.fit(named ? named.getBounds() : this.config.frame || this.home, named && { maxZoom: 10 });
  }

  /* Sea, land, communes, borders of départements, from the lowest up. */
  ground({ land, borders }) {
    const { map } = this, renderer = L.canvas({ pane: "land" });
    const flat = (fillColor) => ({ pane: "land", interactive: false, renderer, stroke: false, fillColor, fillOpacity: 1 });
    // Beyond, land and sea are unknown.
    const known = L.geoJSON(land).getBounds();
    map.setMaxBounds(known);
    if (map.getSize().x) map.setMinZoom(Math.min(map.getZoom(), map.getBoundsZoom(known, true)));
    L.rectangle(known, flat("#dbe7f0")).addTo(map);
    L.geoJSON(land, { ...flat(), style: flat("#f1efe9") }).addTo(map);
    this.communes.addTo(map);
    L.geoJSON(borders, { pane: "borders", interactive: false, renderer: L.canvas({ pane: "borders" }), style: { color: "#33415c", weight: 1.3, fill: false } }).addTo(map);
  }

  /* Show bounds whole; no panel covers the map. */
  fit(bounds, options = {}) {
    this.unseen = this.map.getSize().x ? null : bounds;
    if (!this.unseen) this.map.fitBounds(bounds, { animate: false, padding: [6, 6], ...options });
  }

  /* Whether the card's column came or went. */
  column(open = Boolean(this.state.here) || this.rowOf.has(this.state.commune)) {
    if (document.body.classList.contains("with-card") === open || this.config.told_beside) return false;
    document.body.classList.toggle("with-card", open);
    this.map.invalidateSize({ animate: false, pan: false });
    return true;
  }

  /* Open or close the card; its commune stays in sight. */
  beside(open) {
    if (!this.column(open) || !open || this.row === undefined || !this.map.getSize().x) return;
    const { lat, lon } = this.rows[this.row];
    this.map.panInside([lat, lon], { padding: [60, 60], animate: false });
  }

  /* Tell tests, two frames later. */
  signal(name, value) {
    requestAnimationFrame(() => requestAnimationFrame(() => (document.documentElement.dataset[name] = value)));
  }

  /* Itself or its difference between two years. */
  get chosen() {
    return this.indicators.get(this.state.indicator);
  }

  get indicator() {
    return this.years?.indicator || this.chosen;
  }

  /* Values of the year chosen, or nearest to it. */
  get values() {
    if (this.room.shown) return this.room.values;
    if (this.indicator.current) return this.indicator.current;
    const past = nearestYear(this.indicator.years, this.state.year);
    return past ? past.values : this.indicator.values;
  }

  /* Colour every commune by its class, and by its zone where the zoning is shown. */
  paint() {
    const { indicator, values, state, config } = this;
    // Its own indicator says the same.
    const zones = state.layers.includes("zonage") && state.indicator !== "zone" ? config.zones.values : [];
    this.layers.zones(zones);
    this.zoneFills ??= Object.fromEntries(Object.entries(config.zones.styles).map(([zone, one]) => [zone, fillOf(one.pattern, one.colour)]));
    this.missing ??= fillOf("falling", "#8a8f98", "#e4e6ea");
    const fillOpacity = state.layers.includes("fond") ? 0.6 : 0.88;
    this.outlines.forEach((outline, row) => {
      const rank = classOf(indicator, values[row]);
      const style = { fillOpacity, fillColor: rank < 0 ? this.missing : indicator.classes[rank].colour, zone: this.zoneFills[zones[row]] };
      // Not what keeps its look: a slider changes few.
      if (Object.entries(style).some(([name, value]) => outline.options[name] !== value)) outline.setStyle(style);
    });
  }

  draw() {
    this.paint();
    this.panel.draw();
    this.room.draw();
    this.signal("drawn", this.state.indicator);
  }

  tooltip(row) {
    const name = this.room.shown ? `Sans place à ${this.room.known.minutes} min` : this.indicator.short;
    return make("div", {}, make("strong", { text: this.rows[row].n }), make("br"), `${name}\u00a0: ${worded(this.indicator, this.values[row])}`);
  }

  choose(key) {
    this.state.indicator = key;
    this.draw();
    this.write(true);
    if (this.row !== undefined) this.card.fill(this.row);
  }

  chooseYear(at) {
    const { years } = this.indicator;
    this.state.year = at === years.length - 1 ? null : years[at].year;
    this.draw();
    this.write();
  }

  toggle(key, on) {
    this.state.layers = this.config.layers.map((layer) => layer.key).filter((one) => (one === key ? on : this.state.layers.includes(one)));
    this.layers.show(key, on);
    this.panel.legend();
    this.write(true);
    if (key === "fond") this.paint();
    if (key !== "fond" || address.isSilent(this.config)) this.ask({ action: "couches" });
  }

  /* Go to what the search found. */
  go(entry) {
    if (entry.row !== undefined) {
      this.column(true);
      this.fit(this.outlines[entry.row].getBounds(), { maxZoom: 11 });
      this.select(entry.row, null, true);
      return;
    }
    if (entry.point) return void this.map.setView(entry.point, 11, { animate: false });
    this.unselect(entry.contour, true);
  }

  outline(communes) {
    if (this.selected) this.selected.remove();
    const drawn = { pane: "selected", interactive: false, color: "#000091", weight: 3, fill: false };
    this.selected = L.polygon(communes.flatMap((one) => one.getLatLngs()), drawn).addTo(this.map);
  }

  select(row, place, tell) {
    Object.assign(this, { row, place, contour: "" });
    this.card.detail = null;
    Object.assign(this.state, { commune: this.rows[row].c, contour: "" });
    this.outline([this.outlines[row]]);
    this.room.outline(row);
    this.card.fill(row);
    this.panel.legend();
    this.beside(true);
    this.write(true);
    this.signal("selected", this.state.commune);
    this.ask({ action: "commune" });
    if (tell && isPhone()) this.card.node.focus({ preventScroll: true });
  }

  unselect(contour = "", fit = false) { // that of a group takes the place of the commune
    if (this.row === undefined && !this.state.here && !fit && contour === (this.contour || "")) return;
    this.room.forget();
    this.row = undefined;
    Object.assign(this.state, { commune: "", contour });
    if (this.selected) this.selected.remove();
    this.card.hide();
    this.beside(false);
    this.here.forget();
    if ((this.contour = contour)) import("./group.js").then((m) => m.show(this, fit));
    this.panel.legend();
    this.write(true);
    if (this.config.whole || address.isSilent(this.config)) this.ask({ action: "commune" });
  }

  clearHere() {
    if (this.row === undefined) return void this.unselect();
    this.here.forget();
    this.panel.legend();
    this.card.fill(this.row);
    this.write(true);
    if (this.config.whole) this.ask({ action: "commune" });
  }

  /* What a trial of zones changes. */
  revalue(changed) {
    for (const [key, one] of Object.entries(changed)) Object.assign(this.indicators.get(key) || {}, one);
    this.draw();
  }

  busy = (on) => document.body.classList.toggle("busy", on);

  moved() {
    const { lat, lng: lon } = this.map.getCenter();
    Object.assign(this.state, { lat, lon, zoom: this.map.getZoom() });
    this.write();
  }

  /* A gesture is a step that Back undoes; a move of the map is not. */
  write(step = false) {
    if (this.following) return;
    if (address.isSilent(this.config)) import("./follow.js").then((m) => m.tell(this));
    else address.write(this.state, this.config, step);
  }

  ask(message) {
    const said = { turn: `${Date.now()}-${(this.turn += 1)}`, state: address.query(this.state, this.config), ...message };
    this.asked = said;
    window.Streamlit?.setComponentValue(said);
    return said;
  }

  receive(answer) {
    if (!this.rows) return void (this.waiting = answer);
    this.busy(false);
    this.card.heard = answer.heard;
    this.layers.receive(answer.rings || {});
    if (answer.room) this.room.receive(answer.room);
    this.here.receive(answer.around);
    if (answer.changed) this.revalue(answer.changed);
    if (answer.chosen) import("./follow.js").then((m) => m.follow(this, answer.heard, answer.chosen));
    if (answer.marked) this.layers.mark(answer.marked);
    if (answer.message) this.panel.say(answer.message);
    if (answer.commune) {
      this.card.detail = answer.commune;
      if (this.row !== undefined) this.card.fill(this.row);
    }
    if (answer.address) {
      this.state.filters = answer.address;
      this.write();
    }
    const { commune, turn } = answer.select || {};
    if (!this.rowOf.has(commune) || turn === this.pointed) return;
    this.pointed = turn;
    this.go({ row: this.rowOf.get(commune) });
    seen();
  }
}
