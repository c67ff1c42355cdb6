/* "Isochrone d’ici": the point asked for, its pin, and its end. */
import { make } from "./dom.js";
import { symbol } from "./symbols.js";

export class Here {
  constructor(carte) {
    this.carte = carte;
    this.framing = carte.state.here && !Number.isFinite(carte.state.lat);
  }

  /* Ask for the isochrones of the place clicked, else of the town hall. */
  ask(row) {
    const { carte } = this;
    const { place, rows } = carte;
    const spot = place ? [place.lng, place.lat] : [rows[row].lon, rows[row].lat];
    carte.state.here = spot.map((one) => Number(one.toFixed(5)));
    carte.busy(true);
    this.framing = true;
    carte.write(true);
    carte.ask({ action: "isochrone" });
  }

  /* Who asks for isochrones looks at them; who opens an address looks where it says. */
  receive(around) {
    const { carte } = this;
    carte.card.around = around || null;
    this.pin();
    carte.panel.legend();
    const rings = carte.layers.drawn.ici;
    if (this.framing && rings) carte.fit(rings.getBounds());
    this.framing = false;
    if (around) import("./around.js").then((m) => m.alone(carte, around));
  }

  /* The point that Back gives, or none. */
  follow(here) {
    if (!here) return void this.carte.clearHere();
    this.carte.state.here = here;
    this.carte.ask({ action: "isochrone" });
  }

  pin() {
    if (this.marker) this.marker.remove();
    const { map, state } = this.carte;
    if (!state.here) return;
    const [lng, lat] = state.here;
    const icon = L.divIcon({ className: "point", html: make("span", {}, symbol("pin", "#000091", "")), iconSize: [26, 26], iconAnchor: [13, 24] });
    this.marker = L.marker([lat, lng], { icon, interactive: false, keyboard: false, alt: "Point de départ des isochrones" }).addTo(map);
  }

  forget() {
    const { carte } = this;
    carte.state.here = null;
    carte.card.around = null;
    carte.layers.forget("ici");
    this.pin();
  }
}
