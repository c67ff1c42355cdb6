/* Names of the largest towns, as many as there is room for, clear of marks and of one another. */
import { isPhone, make } from "./dom.js";

const NAME = { height: 18, letter: 7, apart: 34 };
/* Where a name may stand: on its town, else above, below, right or left of the marks. */
const PLACES = [[0, 0], [0, -24], [0, 24], [1, 0], [-1, 0]];

export class Names {
  constructor(carte) {
    const { map, rows } = carte;
    this.carte = carte;
    this.towns = rows.map(({ n, h, lat, lon }) => ({ name: n, weight: h, spot: L.latLng(lat, lon) })).sort((a, b) => b.weight - a.weight);
    this.written = L.layerGroup().addTo(map);
    map.on("moveend", () => this.draw());
    this.draw();
  }

  draw() {
    const { layers, map } = this.carte;
    this.written.clearLayers();
    const bounds = map.getBounds().pad(-0.02);
    const size = map.getSize();
    const spots = layers.marks ? layers.marks.spots : [];
    const marks = spots.filter((one) => bounds.contains(one.getLatLng())).map((one) => ({ ...map.latLngToContainerPoint(one.getLatLng()), wide: 16, high: 14 }));
    const taken = [];
    const free = (box) => box.x - box.wide > 0 && box.x + box.wide < size.x && [...marks, ...taken].every((one) => Math.abs(one.x - box.x) >= one.wide + box.wide || Math.abs(one.y - box.y) >= one.high + box.high);
    for (const { name, spot } of this.towns) {
      if (taken.length >= (isPhone() ? 9 : 18)) break;
      if (!bounds.contains(spot)) continue;
      const { x, y } = map.latLngToContainerPoint(spot);
      if (taken.some((one) => Math.abs(one.x - x) < 110 && Math.abs(one.y - y) < NAME.apart)) continue;
      const wide = (name.length * NAME.letter) / 2 + 3;
      const boxes = PLACES.map(([across, down]) => ({ x: x + across * (wide + 16), y: y + down, wide, high: NAME.height / 2 }));
      const box = boxes.find(free);
      if (!box) continue;
      taken.push(box);
      const icon = L.divIcon({ className: "town", html: make("span", { text: name }), iconSize: null });
      L.marker(map.containerPointToLatLng([box.x, box.y]), { pane: "names", interactive: false, keyboard: false, icon }).addTo(this.written);
    }
  }
}
