/* The panel beside the map: search, sentence, legend, year, indicator, layers. */
import { isForeign } from "./address.js";
import { countsOf, nearestYear, otherYear, worded } from "./data.js";
import { isPhone, make, number } from "./dom.js";
import { Search } from "./search.js";
import { pattern, symbol } from "./symbols.js";

const STROKES = { "2 4": "dotted", "7 5": "dashed" };

/* Sources of the layers shown, each told once. */
export function creditsOf({ config, state }) {
  const shown = config.layers.filter((layer) => state.layers.includes(layer.key));
  return [...new Set(shown.flatMap((layer) => [layer.note, layer.attribution && `${layer.attribution}.`]))].filter(Boolean).join(" ");
}

export class Panel {
  constructor(carte) {
    this.carte = carte;
    this.foreign = isForeign(carte.config) ? carte.state.indicator : null;
    this.search = new Search(carte);
    this.legendBox = make("section", { class: "legend", "aria-label": "Légende" });
    this.sentence = make("p", { class: "sentence", "aria-live": "polite" });
    this.note = make("p", { class: "note" });
    this.credits = make("p", { class: "note" });
    this.single = make("p", { class: "single", role: "status", hidden: "" });
    const source = make("details", {}, make("summary", { text: "Source, année, ce qui est compté" }), this.note, this.credits);
    this.words = make("div", { class: "words" }, this.sentence, source, this.single);
    this.since = make("div");
    this.node = make(
      "section", { class: "panel", "aria-label": "Réglages de la carte" },
      this.search.node, this.words, this.legendBox, carte.room.node, this.yearSlider(), this.since, this.choiceOfIndicator(), this.choiceOfLayers(), this.actions(),
    );
  }

  choiceOfIndicator() {
    const { config, state } = this.carte;
    const rows = config.indicators.map((one) => {
      const box = make("input", { type: "radio", name: "indicateur", value: one.key, onchange: () => this.carte.choose(one.key) || (isPhone() && this.words.scrollIntoView()) });
      box.checked = one.key === state.indicator;
      const strip = make("span", { class: "strip", "aria-hidden": "true" }, ...one.classes.map((each) => make("i", { style: `background:${each.colour}` })));
      return make("label", { title: one.label }, box, make("span", { text: one.short }), strip);
    });
    this.indicators = make("fieldset", { class: "indicators", id: "indicateur" }, make("legend", { text: "Indicateur" }), ...rows);
    // One indicator alone is no choice.
    this.indicators.hidden = rows.length < 2;
    return this.indicators;
  }

  choiceOfLayers() {
    const { config, state } = this.carte;
    const boxes = config.layers.map((layer) => {
      const box = make("input", { type: "checkbox", id: `couche-${layer.key}`, onchange: (event) => this.carte.toggle(layer.key, event.target.checked) });
      box.checked = state.layers.includes(layer.key);
      return make("label", { for: `couche-${layer.key}`, title: layer.note || null }, box, make("span", { text: layer.short || layer.label }));
    });
    return make("fieldset", { class: "layers" }, make("legend", { text: "Couches" }), make("div", { class: "chips" }, ...boxes));
  }

  /* What compares two years is fetched once an indicator has two to compare. */
  async compareYears() {
    const { carte } = this;
    if (carte.years) carte.years.draw();
    const { difference, years = [] } = carte.chosen;
    if (carte.years !== undefined || !difference || years.length < 2) return;
    carte.years = null;
    const { Years } = await import("./years.js");
    carte.years = new Years(carte);
    this.since.replaceChildren(carte.years.node);
    carte.draw();
  }

  yearSlider() {
    this.yearInput = make("input", { type: "range", id: "annee", min: "0", step: "1", "aria-label": "Année", oninput: (event) => this.carte.chooseYear(Number(event.target.value)) });
    this.yearText = make("output", { for: "annee" });
    this.slider = make("label", { class: "field year", for: "annee", hidden: "" }, make("span", { text: "Année" }), this.yearInput, this.yearText);
    return this.slider;
  }

  actions() {
    const { carte } = this;
    const button = (text, onclick) => make("button", { type: "button", class: "quiet", text, onclick: (event) => onclick(event.currentTarget) });
    const whole = button("Toute la région", () => carte.fit(carte.home));
    const image = button("Image (PNG)", (own) => this.picture(own));
    const copy = button("Copier l’adresse de cette vue", (own) => {
      carte.write();
      import("./copy.js").then((m) => m.share(own));
    });
    return make("div", { class: "actions" }, whole, image, carte.config.read_only ? null : copy);
  }

  /* Say what the map shows: legend, year, sentence, sources. */
  draw() {
    this.legend();
    const { indicator, state } = this.carte;
    const { sentence, note, years } = indicator;
    const past = nearestYear(years, state.year);
    const latest = years.length ? years[years.length - 1].year : null;
    this.slider.hidden = !years.length;
    if (years.length) {
      const at = past ? years.indexOf(past) : years.length - 1;
      Object.assign(this.yearInput, { max: years.length - 1, value: at });
      this.yearInput.setAttribute("aria-valuetext", String(years[at].year));
      this.yearText.textContent = String(years[at].year);
    }
    const earlier = past && past.year !== latest && !indicator.current ? `Situation de ${past.year} sur la carte. Dernière année connue (${latest}) : ` : "";
    if (this.foreign !== state.indicator) this.foreign = null;
    const foreign = this.foreign ? "L’indicateur de cette adresse n’existe pas ici : en voici un autre. " : "";
    this.sentence.textContent = foreign + otherYear(state.year, past) + earlier + sentence;
    this.compareYears();
    this.note.textContent = note;
    if (this.carte.room.shown) {
      this.sentence.textContent = foreign + this.carte.room.sentence();
      this.note.textContent = `${this.carte.room.meaning()} ${note.slice(note.indexOf("Source"))}`;
    }
    for (const box of this.indicators.querySelectorAll("input")) box.checked = box.value === state.indicator;
    for (const layer of this.carte.config.layers) {
      const box = document.getElementById(`couche-${layer.key}`);
      if (box) box.checked = state.layers.includes(layer.key);
    }
  }

  /* Until the next drawing. */
  say(text) {
    this.single.hidden = false;
    this.single.textContent = text;
  }

  /* A commune that is not there, one class alone: say so. */
  sayIfSingle(counts, missing) {
    const seen = counts.filter(Boolean).length + (missing ? 1 : 0);
    const { config, indicator, state, rowOf } = this.carte;
    if (state.commune && !rowOf.has(state.commune) && !config.told_beside) return this.say("La commune de cette adresse n’existe pas ici.");
    this.single.hidden = seen !== 1 || config.indicators.length < 2;
    if (this.single.hidden) return;
    const other = config.indicators.find((one) => one !== indicator && countsOf(one, one.values).counts.filter(Boolean).length > 2);
    this.single.replaceChildren("Toutes les communes sont dans la même classe : cet indicateur ne les distingue pas ici. ");
    if (other) this.single.append(make("button", { type: "button", class: "quiet", text: `Voir plutôt : ${other.short}`, onclick: () => this.carte.choose(other.key) }));
  }

  legend() {
    this.group?.draw();
    const { indicator, values } = this.carte;
    const { counts, missing } = countsOf(indicator, values);
    const rows = indicator.classes.map((one, rank) => this.legendRow(one.colour, one.label, counts[rank]));
    if (missing) rows.push(this.legendRow(null, worded(indicator, null), missing));
    this.sayIfSingle(counts, missing);
    this.credits.textContent = creditsOf(this.carte);
    this.legendBox.replaceChildren(
      make("h2", { text: indicator.unit ? `${indicator.label} (${indicator.unit})` : indicator.label }),
      make("ul", {}, ...rows),
      ...this.legendOfLayers(),
    );
  }

  legendRow(colour, label, count) {
    const swatch = make("span", { class: colour ? "swatch" : "swatch hatched" });
    if (colour) swatch.style.background = colour;
    return make("li", {}, swatch, make("span", { text: label }), make("span", { class: "count", text: number(count), title: "communes" }));
  }

  legendOfLayers() {
    const { config, state } = this.carte;
    const shown = config.layers.filter((layer) => state.layers.includes(layer.key) && layer.legend);
    const row = (entry) => make("li", {}, this.swatch(entry), make("span", { text: entry.label }));
    const several = shown.some((layer) => layer.kind === "points") ? [{ shape: "circle", colour: "#3d4657", mark: "n", label: `plusieurs lieux : leur nombre${state.layers.includes("pdses") ? " ; rouge : carences" : ""}` }] : [];
    const rows = [...shown.flatMap((layer) => layer.legend), ...several, ...this.outlined()].map(row);
    return rows.length ? [make("h3", { text: "Sur la carte" }), make("ul", {}, ...rows)] : [];
  }

  /* What is drawn around the commune chosen. */
  outlined() {
    const { config, state, row, room } = this.carte;
    const rings = config.layers.find((one) => one.kind === "rings");
    const around = state.here && rings ? rings.legend.map((one) => ({ ...one, colour: "#000091", label: `${one.minutes} min de ce point` })) : [];
    const block = room.shown && row !== undefined ? [{ label: "communes qui se partagent les mêmes médecins", colour: "#161616", weight: 2.6 }, { label: "avec celles, moins bien servies, qui le prouvent", colour: "#161616", weight: 2, dash: "7 5" }] : [];
    return [...around.sort((a, b) => a.minutes - b.minutes), ...block];
  }

  swatch(entry) {
    const swatch = make("span", { class: "swatch" });
    if (entry.shape) swatch.append(symbol(entry.shape, entry.colour, entry.mark));
    else if (entry.pattern) swatch.style.background = `url(${pattern(entry.pattern, entry.colour, "#fff").toDataURL()})`;
    else {
      swatch.classList.add("line");
      swatch.style.borderTop = `${entry.weight}px ${STROKES[entry.dash] || "solid"} ${entry.colour}`;
    }
    swatch.classList.toggle("symbol", Boolean(entry.shape));
    return swatch;
  }

  /* The map on screen as a PNG. */
  async picture(button) {
    const said = button.textContent;
    button.disabled = true;
    try {
      const { handOver } = await import("./picture.js");
      await handOver(this.carte);
    } catch (error) {
      console.error(error);
      button.textContent = "Image impossible : réessayez";
      setTimeout(() => (button.textContent = said), 4000);
    }
    button.disabled = false;
  }
}
