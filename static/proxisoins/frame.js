/* The frame of the map in the page: its height, its columns, and the steps of Back and Forward. */
import { page } from "./address.js";

const PHONE_PX = 700;
/* Least height of a map, and its share of the window where it is not the whole screen. */
const LEAST_HEIGHT_PX = 460;
const SHARE_OF_SCREEN = 0.78;
/* What stands above it at most when the page is at its top. */
const MOST_ABOVE_PX = 240;

/* What stands above it where it stays in sight. */
const BAR_PX = 84;

/* Height for the map: to the foot of the window where it is the screen or stays in sight, else most. */
function room({ whole, told_beside: beside }) {
  const { innerHeight: said, innerWidth: wide } = page(), screen = said || 800;
  const frame = window.frameElement;
  if (beside && wide > PHONE_PX) return screen - BAR_PX;
  if (!whole || !frame) return screen * SHARE_OF_SCREEN;
  const { top } = frame.getBoundingClientRect();
  return screen - Math.max(0, Math.min(top, MOST_ABOVE_PX)) - 4;
}

/* Keep the frame at its height, and tell the map of the steps in the address. */
export function settle(carte) {
  for (const [sign, title] of [["in", "Agrandir"], ["out", "Réduire"]])
    for (const one of document.querySelectorAll(`.leaflet-control-zoom-${sign}`)) one.title = one.ariaLabel = title;
  const box = carte.map.getContainer();
  box.setAttribute("aria-label", `Carte : ${carte.config.region_name}`);
  // Leaflet focuses it at a press: a page that scrolls then would lose the click.
  box.focus = () => HTMLElement.prototype.focus.call(box, { preventScroll: true });
  const component = window.Streamlit;
  const own = component && component.setFrameHeight.bind(component);
  const fit = () => {
    const phone = document.documentElement.clientWidth < PHONE_PX;
    const height = Math.round(Math.max(LEAST_HEIGHT_PX, room(carte.config)));
    document.documentElement.style.setProperty("--height", `${height}px`);
    document.body.classList.toggle("phone", phone);
    if (own) own(height);
    carte.map.invalidateSize({ animate: false });
    // A map laid out in a closed tab has no size: it finds its bounds when it is seen.
    if (carte.unseen && carte.map.getSize().x) carte.fit(carte.unseen);
  };
  if (component) component.setFrameHeight = fit;
  // The page outlives this frame: what listens to it goes with the frame.
  const gone = new AbortController();
  window.addEventListener("pagehide", () => gone.abort());
  page().addEventListener("resize", fit, { signal: gone.signal });
  page().addEventListener("popstate", ({ isTrusted }) => isTrusted && carte.follow(), { signal: gone.signal });
  new ResizeObserver(fit).observe(document.documentElement);
  fit();
}

/* Back in sight: who chose a row of the table stands below. */
export const seen = () => window.frameElement?.scrollIntoView({ block: "center" });
