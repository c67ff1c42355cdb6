/* The view: address of the page, and memory between pages. */

const SESSION_KEY = "proxisoins.vue";

/* The page around the frame, the frame itself where it stands alone. */
export function page() {
  try {
    return window.parent.location ? window.parent : window;
  } catch {
    return window;
  }
}

/* The address wins; without a view in it, the last view of this tab; else the server's. */
export function remembered(config) {
  const query = new URLSearchParams(page().location.search);
  const state = { ...config.state };
  const inAddress = "lat ind couches commune contour ici annee depuis place seuil partage".split(" ").some((name) => query.has(name));
  if (inAddress && !isSilent(config)) return parsed(config);
  if (config.read_only) return state;
  try {
    const kept = JSON.parse(page().sessionStorage.getItem(SESSION_KEY) || "null");
    if (kept && kept.region === config.state.region) Object.assign(state, known(kept, config, state));
    // What names anything names no commune of an address before it.
    if ([...query].length > query.has("region")) Object.assign(state, { commune: config.state.commune, contour: config.state.contour, here: config.state.here });
  } catch {
    /* storage may be closed; the server's view is then the view */
  }
  return state;
}

export const isSilent = (config) => config.read_only && !config.addressed;

export const bounded = (text, low, high) => {
  const value = text === null || text.trim() === "" ? NaN : Number(text);
  return value >= low && value <= high ? value : null;
};

/* Whether the address asks for another indicator. */
export function isForeign(config) {
  const query = new URLSearchParams(page().location.search);
  return config.whole && query.has("ind") && !config.indicators.some((one) => one.key === query.get("ind"));
}

/* The view that an address gives, the default for the rest. */
export function parsed(config, query = new URLSearchParams(page().location.search)) {
  const added = config.state.layers.filter((key) => key === "points");
  const layers = [...config.defaults.layers, ...added];
  const view = { ...config.state, ...config.defaults, region: config.state.region, layers, lat: null, lon: null, zoom: null, commune: "", contour: query.get("contour") || "", here: null, year: null, since: null, place: null, seuil: null, partage: query.get("partage") === "mieux" };
  const [lat, lon, zoom] = [bounded(query.get("lat"), -85, 85), bounded(query.get("lon"), -180, 180), bounded(query.get("z"), 1, 18)];
  if (lat !== null && lon !== null && zoom !== null) Object.assign(view, { lat, lon, zoom });
  if (config.indicators.some((one) => one.key === query.get("ind"))) view.indicator = query.get("ind");
  if (query.has("couches")) view.layers = query.get("couches").split(",").filter((key) => config.layers.some((one) => one.key === key));
  if (/^(\d{2}|2[AB])\d{3}$/.test(query.get("commune") || "")) view.commune = query.get("commune");
  const here = (query.get("ici") || "").split(",").map((one) => bounded(one, -180, 180));
  if (here.length === 2 && !here.includes(null)) view.here = here;
  for (const [name, parameter] of [["year", "annee"], ["since", "depuis"]]) {
    const year = bounded(query.get(parameter), 1990, 2100);
    if (year !== null) view[name] = Math.trunc(year);
  }
  for (const [name, most] of [["place", 1e4], ["seuil", 120]]) {
    const value = bounded(query.get(name), 1, most);
    if (value !== null) view[name] = Math.trunc(value);
  }
  return view;
}

/* What still means something. */
function known(kept, config, state) {
  const view = {};
  if (Number.isFinite(kept.lat) && Number.isFinite(kept.lon) && Number.isFinite(kept.zoom))
    Object.assign(view, { lat: kept.lat, lon: kept.lon, zoom: kept.zoom });
  if (config.indicators.some((one) => one.key === kept.indicator)) view.indicator = kept.indicator;
  if (Array.isArray(kept.layers)) view.layers = kept.layers.filter((layer) => config.layers.some((one) => one.key === layer));
  if (!state.commune) for (const name of ["commune", "contour"]) if (typeof kept[name] === "string") view[name] = kept[name];
  if (!state.here && Array.isArray(kept.here)) view.here = kept.here;
  for (const name of ["year", "since", "place", "seuil"]) if (Number.isInteger(kept[name])) view[name] = kept[name];
  if (typeof kept.partage === "boolean") view.partage = kept.partage;
  return view;
}

/* Write the view in the address and in the memory of the tab; a step is one that Back undoes. */
export function write(state, config, step = false) {
  const target = new URLSearchParams(page().location.search);
  const named = target.get("region");
  /* Another region was opened. */
  if (isSilent(config) || (named && named !== config.state.region)) return;
  const { defaults, room_controls: room } = config, ask = target.get("ind");
  const opening = { region: defaults.region, ind: defaults.indicator, couches: defaults.layers.join(","), place: String(room?.capacity), seuil: String(room?.threshold) };
  for (const [name, value] of Object.entries({ ...query(state), ...state.filters })) {
    // That of another map waits there for its return.
    if (name === "ind" && ask && value === defaults.indicator && !config.indicators.some((one) => one.key === ask)) continue;
    if (value === (opening[name] ?? "") || (!value && name !== "couches")) target.delete(name);
    else target.set(name, value);
  }
  try {
    const { history, location, sessionStorage } = page();
    const link = `${location.pathname}?${target}`.replace(/\?$/, "");
    if (step && link !== location.pathname + location.search) history.pushState(history.state, "carte", link);
    else history.replaceState(history.state, "carte", link);
    const { indicator } = config.whole ? state : JSON.parse(sessionStorage.getItem(SESSION_KEY)) || {};
    sessionStorage.setItem(SESSION_KEY, JSON.stringify({ ...state, indicator }));
  } catch {
    /* a browser that refuses keeps the map working without memory */
  }
}

const text = (one) => String(one || "");

/* The view as the server reads it. */
export function query(state, config = {}) {
  const { lat, lon, zoom, indicator, layers, commune, contour, here, region, year, since, place: capacity, seuil, partage } = state;
  const place = Number.isFinite(lat) ? { lon: lon.toFixed(5), lat: lat.toFixed(5), z: String(zoom) } : {};
  return { region, ind: indicator, couches: layers.join(","), commune, contour: text(contour), annee: text(year), depuis: text(since), place: text(capacity), seuil: text(seuil), partage: partage ? "mieux" : "", ici: text(here), ...place, ...(isSilent(config) && { calques: changed(layers, config.defaults.layers) }) };
}

/* Layers beside those that a map opens on, and, after a "-", those of its opening that are off. */
const changed = (layers, defaults) => [...layers.filter((one) => !defaults.includes(one)), ...defaults.filter((one) => !layers.includes(one)).map((one) => `-${one}`)].join(",");
