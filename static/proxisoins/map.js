/* The map itself: communes under their colours, the one selected, and what ties panel, card and layers. */
import * as address from "./address.js";
import { Card } from "./card.js";
import { classOf, communesOf, outlinesOf, worded } from "./data.js";
import { isPhone, make } from "./dom.js";
import { Layers } from "./layers.js";
import { Panel } from "./panel.js";
import { Room } from "./room.js";
import { fillOf } from "./symbols.js";

const PHONE_PX = 700;
const PANES = { land: 150, borders: 420, rings: 430, selected: 440, names: 590 };

/* Draws the pattern of a commune's zone over its colour, along the same path: the zoning costs no second layer. */
const ZonedCanvas = L.Canvas.extend({
  _fillStroke(pen, layer) {
    L.Canvas.prototype._fillStroke.call(this, pen, layer);
    if (!layer.options.zone) return;
    pen.globalAlpha = 0.75;
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
    document.documentElement.lang = "fr";
    document.title = "Carte";
    this.frame();
    this.panel = new Panel(this);
    this.card = new Card(this);
    const boxes = [this.panel.node, this.card.node, this.panel.words];
    document.body.append(...boxes);
    document.body.classList.add("loading");
    boxes.forEach(L.DomEvent.disableClickPropagation);
    boxes.forEach(L.DomEvent.disableScrollPropagation);
  }

  /* The frame takes the height of the screen that Streamlit leaves. */
  frame() {
    const component = window.Streamlit;
    const own = component && component.setFrameHeight.bind(component);
    const fit = () => {
      const screen = address.page().innerHeight || 800;
      const phone = document.documentElement.clientWidth < PHONE_PX;
      const height = Math.round(Math.min(900, Math.max(480, screen - (phone ? 150 : 190))));
      document.documentElement.style.setProperty("--height", `${height}px`);
      document.body.classList.toggle("phone", phone);
      if (own) own(height);
      this.map.invalidateSize({ animate: false });
      // A map laid out in a closed tab has no size: it finds its bounds when it is seen.
      if (this.unseen && this.map.getSize().x) this.fit(this.unseen);
    };
    if (component) component.setFrameHeight = fit;
    address.page().addEventListener("resize", fit);
    new ResizeObserver(fit).observe(document.documentElement);
    fit();
  }

  start(contours) {
    const { map, state, config } = this;
    for (const [name, zIndex] of Object.entries(PANES)) Object.assign(map.createPane(name).style, { zIndex, pointerEvents: "none" });
    this.epcis = contours.epcis;
    this.departements = contours.departements;
    this.rows = communesOf(contours);
    this.rowOf = new Map(this.rows.map(({ c }, row) => [c, row]));
    this.outlines = outlinesOf(contours).map((rings, row) => Object.assign(L.polygon(rings, { renderer: this.canvas, smoothFactor: 0.6, noClip: true, color: "#ffffff", weight: 0.5, opacity: 0.7 }), { row }));
    this.communes = L.featureGroup(this.outlines);
    this.communes.bindTooltip((layer) => this.tooltip(layer.row), { sticky: true, direction: "top", opacity: 0.95 });
    this.communes.on("click", (event) => {
      L.DomEvent.stop(event);
      this.select(event.layer.row, event.latlng, true);
    });
    this.home = this.communes.getBounds();
    this.draw();

    // The view comes before the layers: each is then projected once.
    if (Number.isFinite(state.lat) && Number.isFinite(state.lon) && Number.isFinite(state.zoom)) map.setView([state.lat, state.lon], state.zoom, { animate: false });
    else this.fit(this.home);
    this.ground(contours);
    map.attributionControl.setPrefix("Leaflet");
    map.attributionControl.addAttribution(config.attribution);
    map.on("moveend", () => this.moved());
    map.on("zoomend", () => this.layers.points());
    map.on("click", () => this.unselect());
    map.getContainer().setAttribute("aria-label", `Carte : ${config.region_name}`);
    this.layers.names();
    for (const key of state.layers) this.layers.show(key, true);
    if (this.room.shown && !this.room.at.has(this.room.minutes) && !(this.waiting && this.waiting.room)) this.ask({ action: "place" });
    if (state.here && !this.expected("ici")) this.ask({ action: "isochrone" });
    if (state.commune && this.rowOf.has(state.commune)) this.select(this.rowOf.get(state.commune), null, false);
    document.body.classList.remove("loading");
    this.signal("ready", "1");
    if (this.waiting) this.receive(this.waiting);
  }

  /* Sea, land, communes, borders of départements, from the lowest up. */
  ground({ land, borders }) {
    const { map } = this;
    const renderer = L.canvas({ pane: "land" });
    const flat = (fillColor) => ({ pane: "land", interactive: false, renderer, stroke: false, fillColor, fillOpacity: 1 });
    // Outside this frame nothing is known of land and sea: one does not go there.
    const known = L.geoJSON(land).getBounds();
    map.setMaxBounds(known);
    if (map.getSize().x) map.setMinZoom(Math.min(map.getZoom(), map.getBoundsZoom(known, true)));
    L.rectangle(known, flat("#dbe7f0")).addTo(map);
    L.geoJSON(land, { ...flat(), style: flat("#f1efe9") }).addTo(map);
    this.communes.addTo(map);
    L.geoJSON(borders, { pane: "borders", interactive: false, renderer: L.canvas({ pane: "borders" }), style: { color: "#33415c", weight: 1.3, fill: false } }).addTo(map);
  }

  /* The server answers the view of the address without being asked. */
  expected(key) {
    return Boolean(this.layers.rings[key] || (this.waiting && this.waiting.rings && this.waiting.rings[key]));
  }

  /* Show bounds in the part of the map that no panel covers. */
  fit(bounds, options = {}) {
    this.unseen = this.map.getSize().x ? null : bounds;
    if (this.unseen) return;
    const under = this.panel.words.offsetHeight;
    const [topLeft, bottomRight] = isPhone() ? [[4, 116], [4, under + 24]] : [[316, 4], [this.card.node.hidden ? 4 : 430, under + 26]];
    this.map.fitBounds(bounds, { animate: false, paddingTopLeft: topLeft, paddingBottomRight: bottomRight, ...options });
  }

  /* Tell tests and benchmarks what has reached the screen: two frames later it has. */
  signal(name, value) {
    requestAnimationFrame(() => requestAnimationFrame(() => (document.documentElement.dataset[name] = value)));
  }

  get indicator() {
    return this.indicators.get(this.state.indicator);
  }

  /* Values of the year chosen; the latest when the indicator has no such year. */
  get values() {
    if (this.room.shown) return this.room.values;
    const past = this.indicator.years.find((one) => one.year === this.state.year);
    return past ? past.values : this.indicator.values;
  }

  /* Colour every commune by its class, and by its zone where the zoning is shown. */
  paint() {
    const { indicator, values, state, config } = this;
    const zones = state.layers.includes("zonage") ? config.zones.values : [];
    this.zoneFills ??= Object.fromEntries(Object.entries(config.zones.styles).map(([zone, one]) => [zone, fillOf(one.pattern, one.colour)]));
    this.missing ??= fillOf("falling", "#8a8f98", "#e4e6ea");
    const fillOpacity = state.layers.includes("fond") ? 0.6 : 0.88;
    this.outlines.forEach((outline, row) => {
      const rank = classOf(indicator, values[row]);
      outline.setStyle({ fillOpacity, fillColor: rank < 0 ? this.missing : indicator.classes[rank].colour, zone: this.zoneFills[zones[row]] });
    });
  }

  draw() {
    this.paint();
    this.panel.draw();
    this.room.draw();
    this.signal("drawn", this.state.indicator);
  }

  tooltip(row) {
    const value = worded(this.indicator, this.values[row]);
    return make("div", {}, make("strong", { text: this.rows[row].n }), make("br"), document.createTextNode(value));
  }

  /* ---- what the panel and the card ask ---- */

  choose(key) {
    this.state.indicator = key;
    this.draw();
    this.write();
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
    if (key === "zonage" || key === "fond") this.paint();
    this.panel.legend();
    this.write();
  }

  /* Go to what the search found: a commune, or the communes of an EPCI. */
  go(entry) {
    if (entry.row !== undefined) {
      this.fit(this.outlines[entry.row].getBounds(), { maxZoom: 11 });
      this.select(entry.row, null, true);
      return;
    }
    const members = this.outlines.filter(({ row }) => this.rows[row].e === entry.epci);
    this.fit(L.featureGroup(members).getBounds());
    this.outline(members);
  }

  outline(communes) {
    if (this.selected) this.selected.remove();
    const drawn = { pane: "selected", interactive: false, color: "#000091", weight: 3, fill: false };
    this.selected = L.polygon(communes.flatMap((one) => one.getLatLngs()), drawn).addTo(this.map);
  }

  select(row, place, tell) {
    this.row = row;
    this.place = place;
    this.card.detail = null;
    this.state.commune = this.rows[row].c;
    this.outline([this.outlines[row]]);
    this.room.outline(row);
    this.card.fill(row);
    this.write();
    this.signal("selected", this.state.commune);
    this.ask({ action: "commune" });
    if (tell && isPhone()) this.card.node.focus({ preventScroll: true });
  }

  unselect() {
    if (this.row === undefined) return;
    this.room.forget();
    this.row = undefined;
    this.state.commune = "";
    if (this.selected) this.selected.remove();
    this.card.hide();
    this.state.here = null;
    this.layers.forget("ici");
    this.write();
  }

  isochroneHere(row) {
    const { config, place } = this;
    const spot = place ? [place.lng, place.lat] : [config.lon[row], config.lat[row]];
    this.state.here = spot.map((one) => Number(one.toFixed(5)));
    this.busy(true);
    this.write();
    this.ask({ action: "isochrone" });
  }

  busy(on) {
    document.body.classList.toggle("busy", on);
  }

  /* ---- talking with the page and the server ---- */

  moved() {
    const { lat, lng } = this.map.getCenter();
    Object.assign(this.state, { lat, lon: lng, zoom: this.map.getZoom() });
    this.write();
  }

  write() {
    address.write(this.state, this.config);
  }

  ask(message) {
    if (!window.Streamlit) return;
    this.turn += 1;
    window.Streamlit.setComponentValue({ turn: `${Date.now()}-${this.turn}`, ...message, state: address.query(this.state) });
  }

  receive(answer) {
    if (!this.rows) {
      this.waiting = answer;
      return;
    }
    this.busy(false);
    this.layers.receive(answer.rings || {});
    if (answer.room) this.room.receive(answer.room);
    if (answer.message) this.panel.note.textContent = answer.message;
    if (answer.commune) {
      this.card.detail = answer.commune;
      if (this.row !== undefined) this.card.fill(this.row);
    }
  }
}
