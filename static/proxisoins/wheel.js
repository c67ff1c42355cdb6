/* In a long page a wheel scrolls the page; over a map it zooms with Ctrl, or once the map was clicked. */
import { isSilent } from "./address.js";
import { make } from "./dom.js";
import * as place from "./place.js";

export function offer(carte) {
  const { map } = carte;
  if (isSilent(carte.config)) place.offer(carte);
  if (carte.config.whole) return;
  const box = map.getContainer(), { scrollWheelZoom } = map;
  const hint = box.appendChild(make("p", { hidden: "", text: "Pour zoomer : Ctrl + molette, ou un clic dans la carte" }));
  hint.style.cssText = "position: absolute; bottom: 26px; right: 12px; margin: 0; padding: 5px 12px; background: var(--ink); color: #fff; pointer-events: none; z-index: 1200";
  let own = false, later;
  const zooms = (on) => scrollWheelZoom[on ? "enable" : "disable"]();
  zooms(false);
  box.addEventListener("pointerdown", () => (own = hint.hidden = true));
  box.addEventListener("mouseleave", () => (own = false));
  const turned = (event) => {
    const zoom = own || event.ctrlKey || event.metaKey;
    if (zoom) event.preventDefault(); // or the browser enlarges the whole page
    zooms(zoom);
    hint.hidden = zoom;
    clearTimeout(later);
    later = setTimeout(() => (hint.hidden = true), 1500);
  };
  box.addEventListener("wheel", turned, { capture: true, passive: false });
}
