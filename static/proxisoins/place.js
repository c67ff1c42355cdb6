/* Where the map of a long page or of a link stands, in its address: no other part of the view is the map's there.
 *
 * An address that was opened, or that Back gives, decides; a map drawn again on the same ground stays where it was, and
 * one of another ground (a site was added) shows it whole. Of several maps on a page, the first. Without a place, the
 * commune is shown, with the ground of the map. Until it is touched, the map shows the same whatever narrows it: a card
 * that the server's answer opens moves nothing.
 */
import { bounded, page } from "./address.js";

const first = () => page().document.querySelector("iframe[title^=streamlit_folium]") === window.frameElement;

/* What the address says. */
function asked() {
  const query = new URLSearchParams(page().location.search);
  const [lat, lon, zoom] = [bounded(query.get("lat"), -85, 85), bounded(query.get("lon"), -180, 180), bounded(query.get("z"), 1, 18)];
  return [lat, lon, zoom].includes(null) ? null : { lat, lon, zoom };
}

export function offer(carte) {
  const { map, config } = carte, top = page(), { pathname } = top.location;
  if (!first() || !top.carte) return;
  const ground = JSON.stringify([pathname, config.region_name, config.frame]);
  const { opened, kept } = top.carte;
  let touched = false, shown = null;

  const write = (at) => {
    top.carte.kept = { ground, at };
    const target = new URL(top.location);
    for (const [name, text] of Object.entries({ lon: at?.lon.toFixed(5), lat: at?.lat.toFixed(5), z: at && String(at.zoom) }))
      if (at) target.searchParams.set(name, text);
      else target.searchParams.delete(name);
    if (target.href !== top.location.href) top.history.replaceState(top.history.state, "carte", target);
  };
  const show = (at) => {
    shown = at;
    const { lat, lon, zoom } = at || config.state;
    Object.assign(carte.state, { lat, lon, zoom });
    const named = carte.outlines[carte.rowOf.get(carte.state.commune)];
    if (named && config.frame && !Number.isFinite(lat)) carte.fit(named.getBounds().extend(config.frame), { maxZoom: 10 });
    else carte.opened();
  };
  const here = () => {
    const { lat, lng: lon } = map.getCenter();
    return { lat, lon, zoom: map.getZoom() };
  };
  const isOurs = () => touched && top.location.pathname === pathname && map.getSize().x;

  top.carte.opened = "";
  const at = opened === pathname ? asked() : kept?.ground === ground ? kept.at : null;
  if (at || carte.state.commune) show(at);
  write(at);
  for (const kind of ["pointerdown", "wheel", "keydown"]) document.addEventListener(kind, () => (touched = true), { capture: true, passive: true });
  const stand = () => isOurs() && write(here());
  map.on("moveend", stand);
  // What is chosen here is looked at from here: its address alone would show the commune.
  document.addEventListener("click", stand, { capture: true });
  carte.stay = () => touched || !map.getSize().x || show(shown);
  map.on("resize", carte.stay);
  const gone = new AbortController();
  window.addEventListener("pagehide", () => gone.abort());
  top.addEventListener("popstate", ({ isTrusted }) => {
    if (!isTrusted || top.location.pathname !== pathname) return;
    touched = false;
    show(asked());
  }, { signal: gone.signal });
}
