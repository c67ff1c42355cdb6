/* Points of all layers together: near one another they are one mark. Fetched with the first layer of points. */
import { make } from "./dom.js";
import { ring, symbol } from "./symbols.js";

const NEAR_PX = 27;
const LISTED = 12;
const LEAST_PX = 24;
/* Beyond the scale, the names of sources and the buttons of zoom. */
const EDGE_PX = 60;
const NEUTRAL = "#3d4657";

/* Groups of points whose marks would touch at this zoom. */
function grouped(map, entries) {
  const groups = [];
  for (const entry of entries) {
    const place = map.project([entry.point.lat, entry.point.lon]);
    const near = groups.find((one) => Math.abs(one.place.x - place.x) < NEAR_PX && Math.abs(one.place.y - place.y) < NEAR_PX);
    if (near) near.members.push(entry);
    else groups.push({ place, members: [entry] });
  }
  return groups;
}

export class Marks {
  constructor(carte) {
    this.carte = carte;
    this.spots = [];
  }

  draw() {
    const { config, map, state } = this.carte;
    if (this.group) this.group.remove();
    const shown = config.layers.filter((one) => one.kind === "points" && state.layers.includes(one.key));
    const entries = shown.flatMap((layer) => (config.points[layer.key] || []).map((point) => ({ layer, point })));
    this.spots = grouped(map, entries).map(({ place, members }) => this.mark(members, map.unproject(place)));
    this.group = L.layerGroup(this.spots).addTo(map);
  }

  mark(members, spot) {
    const layers = new Set(members.map((one) => one.layer));
    const [{ layer, point }] = members;
    const many = members.length > 1;
    const told = layers.size > 1 ? this.mixed(members) : layer.statuses ? this.statuses(layer, members) : null;
    const title = told ? told.title : many ? `${layer.label.replace(/ \(.*\)$/, "")} : ${members.length}` : point.name;
    // A count is neutral: several places are not one place of a kind.
    const own = told ? told.holder : make("span", {}, many ? symbol("circle", NEUTRAL, String(members.length)) : symbol(layer.symbol.shape, layer.symbol.colour, layer.symbol.mark));
    const side = many ? 28 : LEAST_PX;
    const icon = L.divIcon({ className: "point", html: own, iconSize: [side, side] });
    // Leaflet brings what the keyboard reaches to the edge, under the scale and the buttons of zoom.
    const marker = L.marker(spot, { icon, keyboard: true, title, alt: title, autoPanOnFocus: false });
    const inside = ({ target }) => target.matches(":focus-visible") && this.carte.map.panInside(spot, { padding: [EDGE_PX, EDGE_PX] });
    marker.on("add", () => marker.getElement().addEventListener("focus", inside));
    // The page shows more of a place that is alone under its mark.
    const keys = new Set(members.map((one) => one.point.key));
    if (keys.size === 1 && point.key) marker.on("click keypress", ({ type, originalEvent }) => (type === "click" || originalEvent.key === "Enter") && this.carte.ask({ action: "lieu", place: point.key }));
    return marker.bindPopup(() => this.listed(members, layers.size > 1), { maxWidth: 300 });
  }

  listed(members, mixed) {
    const kind = (one) => (mixed ? `${one.layer.label.replace(/ \(.*\)$/, "")} · ` : "");
    const lines = members.slice(0, LISTED).map((one) => make("li", {}, make("strong", { text: one.point.name }), make("br"), kind(one) + one.point.detail));
    const more = members.length - LISTED;
    if (more > 0) lines.push(make("li", { text: `… et ${more} ${more > 1 ? "autres" : "autre"} : zoomez pour les séparer.` }));
    return make("ul", { class: "popup" }, ...lines);
  }

  /* Points of several layers: their number, and lines in carence as a badge as everywhere. */
  mixed(members) {
    const kinds = new Map();
    for (const { layer } of members) kinds.set(layer, (kinds.get(layer) || 0) + 1);
    const said = [...kinds].map(([layer, count]) => `${layer.label.replace(/ \(.*\)$/, "")} : ${count}`);
    const lacking = members.filter((one) => one.layer.statuses && one.point.status === one.layer.worst_first[0]).length;
    const badge = lacking ? make("b", { class: "badge", "aria-hidden": "true", text: String(lacking) }) : null;
    if (lacking) said.push(`dont en carence : ${lacking}`);
    return { title: said.join(", "), holder: make("span", { "data-lacking": lacking }, symbol("circle", NEUTRAL, String(members.length)), badge) };
  }

  /* One mark for lines of several statuses: a ring cut by status, the worst told first and as a badge. */
  statuses(layer, entries) {
    const members = entries.map((one) => one.point);
    const worstFirst = layer.worst_first.map((status) => ({ status, ...layer.statuses[status], count: members.filter((one) => one.status === status).length }));
    const parts = worstFirst.filter((one) => one.count);
    const [worst] = parts;
    const told = parts.map((one) => `${one.count} ${one.status}${one.count > 1 && !one.status.includes(" ") ? "s" : ""}`).join(", ");
    const places = new Set(members.map((one) => one.place));
    const where = places.size === 1 && members[0].place ? members[0].place : layer.label.replace(/ \(.*\)$/, "");
    if (members.length === 1) return { title: `${[members[0].place, members[0].name].filter(Boolean).join(", ")} : ${worst.status}`, holder: make("span", { "data-status": worst.status }, symbol(worst.shape, worst.colour, worst.mark)) };
    const lacking = parts.find((one) => one.status === layer.worst_first[0]);
    const badge = lacking ? make("b", { class: "badge", "aria-hidden": "true", text: String(lacking.count) }) : null;
    return { title: `${where} : ${told}`, holder: make("span", { "data-status": worst.status, "data-lacking": lacking ? lacking.count : 0 }, ring(parts, members.length), badge) };
  }
}
