/* Room with a GP: capacity, threshold and both ends; the curve, the sentence, the proof on the map (in words: proof.js). */
import { make, number } from "./dom.js";
import { outlineOf } from "./zones.js";

export const ROOM = "share_without_room";

const DRAWN = { pane: "selected", interactive: false, fill: false };
const CURVE = { width: 268, height: 74, left: 4, top: 8, bottom: 14 };

export class Room {
  constructor(carte) {
    this.carte = carte;
    const { room, room_controls: controls } = carte.config;
    this.controls = controls;
    this.at = new Map(room ? [[room.minutes, room]] : []);
    this.node = this.build();
  }

  get offered() {
    return this.at.size > 0;
  }

  get shown() {
    return this.offered && this.carte.state.indicator === ROOM;
  }

  get capacity() {
    return this.controls.capacities.includes(this.carte.state.place) ? this.carte.state.place : this.controls.capacity;
  }

  get minutes() {
    return this.controls.thresholds.includes(this.carte.state.seuil) ? this.carte.state.seuil : this.controls.threshold;
  }

  /* Room at the threshold chosen; until the server has sent it, at the one known. */
  get known() {
    return this.at.get(this.minutes) || this.at.get(this.controls.threshold);
  }

  get step() {
    return this.controls.capacities.indexOf(this.capacity);
  }

  /* Whether the GPs in reach of a commune are all known: else nothing is said of its room. */
  counted(row) {
    return this.known.nearest[0][row] !== null;
  }

  /* Inhabitants of a commune without room: its fair share, or if the nearer goes first. */
  without(row) {
    return this.carte.state.partage ? this.fair(row) : this.known.nearest[this.step][row];
  }

  fair(row) {
    return this.parts(row).reduce((sum, [block, people]) => {
      const level = block < 0 ? Infinity : this.known.blocks[block].level;
      return sum + people * Math.max(0, 1 - this.capacity / level);
    }, 0);
  }

  /* Blocks that hold the inhabitants of a commune, and how many each: all in one at its town. */
  parts(row) {
    return this.known.parts?.[row] || [[this.known.block[row], this.carte.rows[row].h]];
  }

  /* Inhabitants per GP that a commune cannot escape; null where no GP is in reach. */
  level(row) {
    const block = this.known.block[row];
    return block < 0 ? null : this.known.blocks[block].level;
  }

  /* Shares, in per cent: not rounded before they are classed. */
  get values() {
    const { rows } = this.carte;
    return rows.map(({ h }, row) => (h && this.counted(row) ? Math.round((1e11 * this.without(row)) / h) / 1e9 : null));
  }

  /* The share of a group of communes: those that hold the same value in a column. */
  share(column, value) {
    let people = 0;
    let without = 0;
    this.carte.rows.forEach((one, row) => {
      if ((column && one[column] !== value) || !this.counted(row)) return;
      people += one.h;
      without += this.without(row);
    });
    return people ? Math.round((1000 * without) / people) / 10 : null;
  }

  build() {
    if (!this.offered) return null;
    const { capacities, thresholds } = this.controls;
    let waiting = false;
    const slide = (event) => {
      this.carte.state.place = capacities[Number(event.target.value)];
      if (waiting) return;
      waiting = true;
      requestAnimationFrame(() => {
        waiting = false;
        this.changed();
      });
    };
    this.range = make("input", { type: "range", id: "place", min: 0, max: capacities.length - 1, step: 1, oninput: slide });
    this.told = make("output", { for: "place" });
    this.curve = make("div", { class: "curve" });
    const choice = (name, value, text, onchange) =>
      make("label", {}, make("input", { type: "radio", name, value, onchange }), make("span", { text }));
    this.times = make(
      "fieldset", { class: "choice" }, make("legend", { text: "Trajet, en minutes" }),
      ...thresholds.map((one) => choice("seuil", one, String(one), () => this.within(one))),
    );
    const share = (fair) => () => {
      this.carte.state.partage = fair;
      this.changed();
    };
    this.ends = make(
      "fieldset", { class: "choice" }, make("legend", { text: "Partage" }),
      choice("partage", "", "au plus proche", share(false)), choice("partage", "mieux", "le plus équitable", share(true)),
    );
    return make(
      "div", { class: "room", hidden: "" },
      make("label", { class: "field", for: "place" }, make("span", {}, "Habitants par médecin, au plus : ", this.told), this.range),
      this.curve, this.times, this.ends,
    );
  }

  draw() {
    if (!this.node) return;
    this.node.hidden = !this.shown;
    this.forget();
    if (!this.shown) return;
    this.range.value = this.step;
    this.told.textContent = number(this.capacity);
    this.range.setAttribute("aria-valuetext", `${number(this.capacity)} habitants par médecin`);
    for (const box of this.times.querySelectorAll("input")) box.checked = Number(box.value) === this.minutes;
    for (const box of this.ends.querySelectorAll("input")) box.checked = Boolean(box.value) === Boolean(this.carte.state.partage);
    this.curve.replaceChildren(this.drawing());
    if (this.carte.row !== undefined) this.outline(this.carte.row);
  }

  changed() {
    const { carte } = this;
    carte.draw();
    carte.write();
    if (carte.row !== undefined) carte.card.fill(carte.row);
    else if (carte.state.here) carte.here.receive(carte.card.around);
    carte.signal("room", `${this.capacity}-${this.minutes}-${carte.state.partage ? "mieux" : "proche"}`);
  }

  within(minutes) {
    this.carte.state.seuil = minutes;
    if (this.at.has(minutes)) this.changed();
    else {
      this.carte.busy(true);
      this.carte.write();
      this.carte.ask({ action: "place" });
    }
  }

  receive(document) {
    this.at.set(document.minutes, document);
    if (this.shown) this.changed();
  }

  /* Inhabitants without room against capacity: both ends, and where the slider stands. */
  drawing() {
    const { least, served } = this.known;
    const { capacities } = this.controls;
    const { width, height, left, top, bottom } = CURVE;
    const most = Math.max(...served, ...least, 1);
    const x = (at) => left + (at * (width - 2 * left)) / (capacities.length - 1);
    const y = (people) => top + (1 - people / most) * (height - top - bottom);
    const path = (values) => values.map((people, at) => `${at ? "L" : "M"}${x(at).toFixed(1)} ${y(people).toFixed(1)}`).join("");
    const at = this.step;
    const said = `À ${number(this.capacity)} habitants par médecin : ${inhabitants(least[at])} sans place dans le partage le plus équitable, ${inhabitants(served[at])} si le plus proche passe le premier.`;
    const text = (where, anchor, words) => svg("text", { x: where, y: height - 2, "text-anchor": anchor, class: "axis" }, words);
    return svg(
      "svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": said },
      svg("path", { d: `${path(served)}${path([...least]).replace("M", "L").split("L").slice(1).reverse().map((one) => `L${one}`).join("")}Z`, class: "between" }),
      svg("path", { d: path(served), class: "nearest" }), svg("path", { d: path(least), class: "least" }),
      svg("path", { d: `M${x(at)} ${top - 4}V${height - bottom}`, class: "here" }),
      svg("circle", { cx: x(at), cy: y(served[at]), r: 3.2, class: "nearest dot" }), svg("circle", { cx: x(at), cy: y(least[at]), r: 3.2, class: "least dot" }),
      text(left, "start", number(capacities[0])), text(width - left, "end", number(capacities[capacities.length - 1])),
      svg("text", { x: width - left, y: top + 2, "text-anchor": "end", class: "axis" }, `maximum : ${number(most)} hab.`),
    );
  }

  sentence() {
    const { known, step, carte } = this;
    const [least, served] = [known.least[step], known.served[step]];
    const people = carte.rows.reduce((sum, { h }, row) => sum + (this.counted(row) ? h : 0), 0);
    const missing = carte.rows.filter((_, row) => !this.counted(row)).length;
    const upper = known.note ? ` ${known.note}` : "";
    const partial = missing ? ` Partiel : dans ${number(missing)} commune${missing >= 2 ? "s" : ""} sur ${number(carte.rows.length)}, tous les médecins à portée ne sont pas connus : « non disponible ».` : "";
    return `${carte.config.region_name} : ${without(least, served, people)} chez un généraliste à ${known.minutes} minutes.${partial}${upper}`;
  }

  /* What the two ends mean, and how many communes are hit. */
  meaning() {
    const crowded = this.values.filter((share) => share > 10).length;
    const shown = this.carte.state.partage ? "dans le partage le plus équitable" : "au plus proche";
    return (
      `À ${number(this.capacity)} habitants par médecin au plus (hypothèse). Premier nombre : dans le partage le plus équitable, avec les voisins des autres régions ; second : si le plus proche passe le premier. ` +
      `Plus d’un habitant sur dix est sans place dans ${number(crowded)} des ${number(this.carte.rows.length)} communes (${shown}).`
    );
  }

  forget() {
    for (const one of this.drawn || []) one.remove();
    this.drawn = [];
  }

  outline(row) {
    this.forget();
    if (!this.shown) return;
    const { block, blocks } = this.known;
    const mine = block[row];
    if (mine < 0) return;
    const members = new Set(blocks[mine].hall);
    const rowsOf = (wanted) => block.flatMap((_, at) => (this.parts(at).some(([one]) => wanted(one)) ? [at] : []));
    const draw = (rows, options) => this.drawn.push(L.polyline(outlineOf(rows.map((at) => this.carte.outlines[at].getLatLngs())), { ...DRAWN, ...options }).addTo(this.carte.map));
    if (members.size > 1) draw(rowsOf((one) => members.has(one)), { color: "#161616", weight: 2, dashArray: "6 5" });
    draw(rowsOf((one) => one === mine), { color: "#161616", weight: 2.6 });
  }
}

/* "Aucun habitant", "1 habitant", "1 234 habitants". */
export function inhabitants(people) {
  const count = Math.round(people);
  if (count === 0) return "aucun habitant";
  return `${number(count)} habitant${count >= 2 ? "s" : ""}`;
}

/* Both ends as a sentence opens; the fair share of a part of the places may pass the other. */
export function without(least, served, people) {
  const among = `des ${number(people)} habitants`;
  if (least === 0 && served === 0) return `aucun ${among} n’est sans place`;
  if (least === served) return `${number(least)} ${among} ${least > 1 ? "sont" : "est"} sans place`;
  const ends = least < served ? `entre ${number(least)} et ${number(served)}` : `${number(least)} ou ${number(served)}`;
  return `${ends} ${among} sont sans place`;
}

function svg(tag, properties, ...children) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(properties)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}
