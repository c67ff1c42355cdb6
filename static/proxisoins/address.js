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
  const inAddress = ["lat", "ind", "couches", "commune", "ici", "annee", "place", "seuil", "partage"].some((name) => query.has(name));
  if (inAddress || config.read_only) return state;
  try {
    const kept = JSON.parse(page().sessionStorage.getItem(SESSION_KEY) || "null");
    if (kept && kept.region === config.state.region) Object.assign(state, known(kept, config, state));
  } catch {
    /* storage may be closed; the server's view is then the view */
  }
  return state;
}

/* The parts of a view kept in the browser that still mean something. */
function known(kept, config, state) {
  const view = {};
  if (Number.isFinite(kept.lat) && Number.isFinite(kept.lon) && Number.isFinite(kept.zoom))
    Object.assign(view, { lat: kept.lat, lon: kept.lon, zoom: kept.zoom });
  if (config.indicators.some((one) => one.key === kept.indicator)) view.indicator = kept.indicator;
  if (Array.isArray(kept.layers)) view.layers = kept.layers.filter((layer) => config.layers.some((one) => one.key === layer));
  if (!state.commune && typeof kept.commune === "string") view.commune = kept.commune;
  if (!state.here && Array.isArray(kept.here)) view.here = kept.here;
  if (Number.isInteger(kept.year)) view.year = kept.year;
  for (const name of ["place", "seuil"]) if (Number.isInteger(kept[name])) view[name] = kept[name];
  if (typeof kept.partage === "boolean") view.partage = kept.partage;
  return view;
}

/* Write the view in the address of the page and in the memory of the tab. */
export function write(state, config) {
  if (config.read_only) return;
  const query = new URLSearchParams(page().location.search);
  const put = (name, value, standard) => (value === standard || value === "" || value === null ? query.delete(name) : query.set(name, value));
  put("ind", state.indicator, config.defaults.indicator);
  put("couches", state.layers.join(","), config.defaults.layers.join(","));
  if (!state.layers.length) query.set("couches", "");
  put("commune", state.commune, "");
  put("annee", state.year ? String(state.year) : "", "");
  put("place", state.place ? String(state.place) : "", String(config.room_controls?.capacity));
  put("seuil", state.seuil ? String(state.seuil) : "", String(config.room_controls?.threshold));
  put("partage", state.partage ? "mieux" : "", "");
  put("ici", state.here ? state.here.join(",") : "", "");
  if (Number.isFinite(state.lat)) {
    query.set("lon", state.lon.toFixed(5));
    query.set("lat", state.lat.toFixed(5));
    query.set("z", String(state.zoom));
  }
  const text = query.toString();
  try {
    const { history, location, sessionStorage } = page();
    history.replaceState(history.state, "", location.pathname + (text ? `?${text}` : ""));
    sessionStorage.setItem(SESSION_KEY, JSON.stringify(state));
  } catch {
    /* a browser that refuses keeps the map working without memory */
  }
}

/* The view as parameters of the address, which the server reads the same way. */
export function query(state) {
  const { lat, lon, zoom, indicator, layers, commune, here, region, year, place: capacity, seuil, partage } = state;
  const place = Number.isFinite(lat) ? { lon: lon.toFixed(5), lat: lat.toFixed(5), z: String(zoom) } : {};
  return { region, ...place, ind: indicator, couches: layers.join(","), commune, ici: here ? here.join(",") : "", annee: year ? String(year) : "", place: capacity ? String(capacity) : "", seuil: seuil ? String(seuil) : "", partage: partage ? "mieux" : "" };
}

/* Copy the address of this view, and say it on the button. */
export async function share(button) {
  const said = button.textContent;
  try {
    await page().navigator.clipboard.writeText(page().location.href);
    button.textContent = "Adresse copiée";
  } catch {
    button.textContent = "Copiez l’adresse du navigateur";
  }
  setTimeout(() => (button.textContent = said), 2500);
}
