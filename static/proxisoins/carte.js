/* The map of ProxiSoins, inside the frame of streamlit-folium.
 *
 * Folium describes the map (view, bounds, controls) and calls `ProxiSoins.start(map, configuration)`.
 * Contours come from a static file, values and names as base64 JSON: no text is ever read as HTML or as a
 * script (everything is written with textContent). Indicators, layers, search and the card are drawn here, so
 * that they cost the server nothing; the server is asked only for isochrones and for the lines that cover a
 * commune. The view is written to the address of the page, and kept from one page to the other.
 */
"use strict";
window.ProxiSoins = (() => {
  const PHONE_PX = 700;
  const SESSION_KEY = "proxisoins.vue";
  const number = (value, decimals = 0) =>
    value === null || value === undefined
      ? "non disponible"
      : value.toLocaleString("fr-FR", { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
  const fold = (text) =>
    text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase().replace(/œ/g, "oe").replace(/[^a-z0-9]+/g, " ").trim();

  /* ---- small DOM helpers ---------------------------------------------------------------- */

  function make(tag, properties = {}, ...children) {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(properties)) {
      if (name === "text") node.textContent = value;
      else if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
      else if (value !== null && value !== undefined) node.setAttribute(name, value);
    }
    node.append(...children.filter((child) => child !== null));
    return node;
  }

  async function unpack(bytes) {
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    return new Response(stream).json();
  }
  const bytesOf = (base64) => Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
  const decode = (base64) => unpack(bytesOf(base64));

  async function fetchContours(config) {
    if (config.contours_data) return decode(config.contours_data);
    const answer = await fetch(config.base + config.contours);
    if (!answer.ok) throw new Error(`contours ${answer.status}`);
    return unpack(await answer.arrayBuffer());
  }

  /* Rings come as whole steps: x0, y0, then moves; see geo/layers.py. */
  function outlinesOf({ contours, decimals }) {
    const unit = 10 ** -decimals;
    const ringOf = (steps) => {
      const ring = [];
      let x = 0;
      let y = 0;
      for (let at = 0; at < steps.length; at += 2) {
        x += steps[at];
        y += steps[at + 1];
        ring.push(new L.LatLng(y * unit, x * unit));
      }
      return ring;
    };
    return contours.map((polygons) => (polygons || []).map((rings) => rings.map(ringOf)));
  }

  /* One object a commune: code, name, département, EPCI, postcodes, inhabitants. */
  const communesOf = ({ columns, contours }) =>
    contours.map((_, row) => Object.fromEntries(Object.entries(columns).map(([name, values]) => [name, values[row]])));

  /* ---- patterns and symbols: nothing is told by colour alone ---------------------------- */

  function pattern(kind, colour, background) {
    const tile = document.createElement("canvas");
    tile.width = tile.height = 8;
    const pen = tile.getContext("2d");
    if (background) {
      pen.fillStyle = background;
      pen.fillRect(0, 0, 8, 8);
    }
    pen.strokeStyle = pen.fillStyle = colour;
    pen.lineWidth = 1.6;
    pen.beginPath();
    if (kind === "dots") {
      pen.arc(2, 2, 1.25, 0, 7);
      pen.fill();
      pen.beginPath();
      pen.arc(6, 6, 1.25, 0, 7);
      pen.fill();
    } else {
      const rising = kind === "rising";
      for (const shift of [-8, 0, 8]) {
        pen.moveTo(shift - 1, rising ? 9 : -1);
        pen.lineTo(shift + 9, rising ? -1 : 9);
      }
      pen.stroke();
    }
    return tile;
  }

  const PATHS = {
    square: "M3 3h14v14H3z",
    circle: "M10 2a8 8 0 1 0 .01 0z",
    triangle: "M10 2l9 16H1z",
    diamond: "M10 1l9 9-9 9-9-9z",
    cross: "M7 2h6v5h5v6h-5v5H7v-5H2V7h5z",
    star: "M10 1l2.7 5.8 6.3.7-4.7 4.3 1.3 6.2L10 14.900l-5.600 3.100 1.300-6.200L1 7.500l6.300-.7z",
  };

  function symbol(shape, colour, mark) {
    const space = "http://www.w3.org/2000/svg";
    const svg = document.createElementNS(space, "svg");
    svg.setAttribute("viewBox", "0 0 20 20");
    svg.setAttribute("aria-hidden", "true");
    const path = document.createElementNS(space, "path");
    path.setAttribute("d", PATHS[shape] || PATHS.circle);
    path.setAttribute("fill", colour);
    path.setAttribute("stroke", "#fff");
    path.setAttribute("stroke-width", "1.5");
    svg.append(path);
    if (mark) {
      const text = document.createElementNS(space, "text");
      text.setAttribute("x", "10");
      text.setAttribute("y", "14");
      text.setAttribute("text-anchor", "middle");
      text.setAttribute("font-size", "10");
      text.setAttribute("font-weight", "700");
      text.setAttribute("fill", "#fff");
      text.textContent = mark;
      svg.append(text);
    }
    return svg;
  }

  /* ---- the view: address of the page, and memory between pages -------------------------- */

  function page() {
    try {
      return window.parent.location ? window.parent : window;
    } catch {
      return window;
    }
  }

  function remembered(config) {
    // The address wins; without a view in it, the last view of this tab; else the server's.
    const query = new URLSearchParams(page().location.search);
    const state = { ...config.state };
    const inAddress = ["lat", "ind", "couches", "commune", "ici", "annee"].some((name) => query.has(name));
    if (inAddress || config.read_only) return state;
    try {
      const kept = JSON.parse(page().sessionStorage.getItem(SESSION_KEY) || "null");
      if (kept && kept.region === config.state.region) {
        const known = (layer) => config.layers.some((one) => one.key === layer);
        if (Number.isFinite(kept.lat) && Number.isFinite(kept.lon) && Number.isFinite(kept.zoom))
          Object.assign(state, { lat: kept.lat, lon: kept.lon, zoom: kept.zoom });
        if (config.indicators.some((one) => one.key === kept.indicator)) state.indicator = kept.indicator;
        if (Array.isArray(kept.layers)) state.layers = kept.layers.filter(known);
        if (!state.commune && typeof kept.commune === "string") state.commune = kept.commune;
        if (!state.here && Array.isArray(kept.here)) state.here = kept.here;
        if (Number.isInteger(kept.year)) state.year = kept.year;
      }
    } catch {
      /* storage may be closed; the server's view is then the view */
    }
    return state;
  }

  /* ---- the map ---------------------------------------------------------------------------- */

  /* Draws the pattern of a commune's zone over its colour, along the same path: the zoning costs no second layer. */
  const ZonedCanvas = L.Canvas.extend({
    _fillStroke(pen, layer) {
      L.Canvas.prototype._fillStroke.call(this, pen, layer);
      if (!layer.options.zone) return;
      pen.globalAlpha = 0.75;
      pen.fillStyle = layer.options.zone;
      pen.fill("evenodd");
      pen.globalAlpha = 1;
    },
  });

  class Carte {
    constructor(map, config) {
      this.map = map;
      this.config = config;
      this.state = remembered(config);
      this.rings = {};
      this.overlays = {};
      this.asked = new Set();
      this.turn = 0;
      this.canvas = new ZonedCanvas({ padding: 0.1 });
      this.indicators = new Map(config.indicators.map((one) => [one.key, one]));
      if (!this.indicators.has(this.state.indicator)) this.state.indicator = config.indicators[0].key;
      document.documentElement.lang = "fr";
      document.title = "Carte";
      this.frame();
      this.panel();
    }

    /* The frame takes the height of the screen that Streamlit leaves. */
    frame() {
      const component = window.Streamlit;
      const own = component && component.setFrameHeight.bind(component);
      const fit = () => {
        const screen = page().innerHeight || 800;
        const phone = document.documentElement.clientWidth < PHONE_PX;
        const height = Math.round(Math.min(900, Math.max(480, screen - (phone ? 150 : 190))));
        document.documentElement.style.setProperty("--height", `${height}px`);
        document.body.classList.toggle("phone", phone);
        if (own) own(height);
        this.map.invalidateSize({ animate: false });
        // A map laid out in a closed tab has no size: it finds its bounds when it is seen.
        if (this.unseen && this.map.getSize().x) this.fit(this.unseen);
      };
      if (component) component.setFrameHeight = fit;
      page().addEventListener("resize", fit);
      new ResizeObserver(fit).observe(document.documentElement);
      fit();
    }

    async start(contours) {
      const { map, state, config } = this;
      for (const [name, order] of [["land", 150], ["borders", 420], ["rings", 430], ["selected", 440], ["names", 590]]) {
        Object.assign(map.createPane(name).style, { zIndex: order, pointerEvents: "none" });
      }
      this.epcis = contours.epcis;
      this.departements = contours.departements;
      this.rows = communesOf(contours);
      this.rowOf = new Map(this.rows.map(({ c }, row) => [c, row]));
      this.outlines = outlinesOf(contours).map((rings, row) => Object.assign(L.polygon(rings, { renderer: this.canvas, smoothFactor: 0.6, noClip: true, color: "#ffffff", weight: 0.5, opacity: 0.7 }), { row }));
      this.communes = L.featureGroup(this.outlines);
      this.communes.bindTooltip((layer) => this.tooltip(layer.row), { sticky: true, direction: "top", opacity: 0.95 });
      this.communes.on("click", (event) => {
        L.DomEvent.stop(event);
        this.select(event.layer.row, event.latlng, true);
      });
      this.home = this.communes.getBounds();
      this.draw();

      // The view comes before the layers: each is then projected once.
      if (Number.isFinite(state.lat) && Number.isFinite(state.lon) && Number.isFinite(state.zoom)) map.setView([state.lat, state.lon], state.zoom, { animate: false });
      else this.fit(this.home);
      const ground = L.canvas({ pane: "land" });
      // Outside this frame nothing is known of land and sea: one does not go there.
      const known = L.geoJSON(contours.land).getBounds();
      map.setMaxBounds(known);
      if (map.getSize().x) map.setMinZoom(Math.min(map.getZoom(), map.getBoundsZoom(known, true)));
      L.rectangle(known, { pane: "land", interactive: false, renderer: ground, stroke: false, fillColor: "#dbe7f0", fillOpacity: 1 }).addTo(map);
      L.geoJSON(contours.land, { pane: "land", interactive: false, renderer: ground, style: { stroke: false, fillColor: "#f1efe9", fillOpacity: 1 } }).addTo(map);
      this.communes.addTo(map);
      L.geoJSON(contours.borders, { pane: "borders", interactive: false, renderer: L.canvas({ pane: "borders" }), style: { color: "#33415c", weight: 1.3, fill: false } }).addTo(map);
      map.attributionControl.setPrefix("Leaflet");
      map.attributionControl.addAttribution(config.attribution);
      map.on("moveend", () => this.moved());
      map.on("zoomend", () => this.drawPoints());
      map.on("click", () => this.unselect());
      map.getContainer().setAttribute("aria-label", `Carte : ${config.region_name}`);
      this.names();
      for (const key of state.layers) this.show(key, true);
      if (state.here && !this.expected("ici")) this.ask({ action: "isochrone" });
      if (state.commune && this.rowOf.has(state.commune)) this.select(this.rowOf.get(state.commune), null, false);
      document.body.classList.remove("loading");
      this.signal("ready", "1");
      if (this.waiting) this.receive(this.waiting);
    }

    /* The server answers the view of the address without being asked. */
    expected(key) {
      return Boolean(this.rings[key] || (this.waiting && this.waiting.rings && this.waiting.rings[key]));
    }

    /* Show bounds in the part of the map that no panel covers. */
    fit(bounds, options = {}) {
      const phone = document.body.classList.contains("phone");
      this.unseen = this.map.getSize().x ? null : bounds;
      if (this.unseen) return;
      this.map.fitBounds(bounds, { animate: false, paddingTopLeft: phone ? [4, 116] : [316, 4], paddingBottomRight: phone ? [4, this.words.offsetHeight + 24] : [this.card.hidden ? 4 : 430, this.words.offsetHeight + 26], ...options });
    }

    /* Tell tests and benchmarks what has reached the screen: two frames later it has. */
    signal(name, value) {
      requestAnimationFrame(() => requestAnimationFrame(() => (document.documentElement.dataset[name] = value)));
    }

    /* ---- indicator: colours, legend, sentence ---- */

    get indicator() {
      return this.indicators.get(this.state.indicator);
    }

    /* Values of the year chosen; the latest when the indicator has no such year. */
    get values() {
      const past = this.indicator.years.find((one) => one.year === this.state.year);
      return past ? past.values : this.indicator.values;
    }

    classOf(indicator, value) {
      if (value === null || value === undefined) return -1;
      if (indicator.classes.length && indicator.classes[0].value !== undefined)
        return indicator.classes.findIndex((one) => one.value === value);
      let rank = 0;
      while (rank < indicator.breaks.length && value > indicator.breaks[rank]) rank += 1;
      return rank;
    }

    /* Colour every commune by its class, and by its zone where the zoning is shown. */
    paint() {
      const { indicator, values, state } = this;
      const zones = state.layers.includes("zonage") ? this.config.zones.values : [];
      const fills = (this.fills ??= this.zoneFills());
      const fillOpacity = state.layers.includes("fond") ? 0.6 : 0.88;
      this.outlines.forEach((outline, row) => {
        const rank = this.classOf(indicator, values[row]);
        outline.setStyle({ fillOpacity, fillColor: rank < 0 ? this.missing() : indicator.classes[rank].colour, zone: fills[zones[row]] });
      });
    }

    missing() {
      this.missingFill ??= document.createElement("canvas").getContext("2d").createPattern(pattern("falling", "#8a8f98", "#e4e6ea"), "repeat");
      return this.missingFill;
    }

    draw() {
      this.paint();
      this.legend();
      const { sentence, note, years } = this.indicator;
      const past = years.find((one) => one.year === this.state.year);
      const latest = years.length ? years[years.length - 1].year : null;
      this.slider.hidden = !years.length;
      if (years.length) {
        const at = past ? years.indexOf(past) : years.length - 1;
        Object.assign(this.yearInput, { max: years.length - 1, value: at });
        this.yearInput.setAttribute("aria-valuetext", String(years[at].year));
        this.yearText.textContent = String(years[at].year);
      }
      this.sentence.textContent = past && past.year !== latest ? `Situation de ${past.year}. Pour comparaison, aujourd’hui : ${sentence}` : sentence;
      this.note.textContent = note;
      this.signal("drawn", this.state.indicator);
    }

    legend() {
      const indicator = this.indicator;
      const counts = new Array(indicator.classes.length).fill(0);
      let missing = 0;
      for (const value of this.values) {
        const rank = this.classOf(indicator, value);
        if (rank < 0) missing += 1;
        else counts[rank] += 1;
      }
      const rows = indicator.classes.map((one, rank) => this.legendRow(one.colour, one.label, counts[rank]));
      if (missing) rows.push(this.legendRow(null, "non disponible", missing));
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
      const shown = this.config.layers.filter((layer) => this.state.layers.includes(layer.key) && layer.legend);
      if (!shown.length) return [];
      const rows = shown.flatMap((layer) =>
        layer.legend.map((entry) => {
          const swatch = make("span", { class: "swatch" });
          if (entry.shape) swatch.append(symbol(entry.shape, entry.colour, entry.mark));
          else if (entry.pattern) swatch.style.background = `url(${pattern(entry.pattern, entry.colour, "#fff").toDataURL()})`;
          else {
            swatch.classList.add("line");
            swatch.style.borderTop = `${entry.weight}px ${{ "2 4": "dotted", "7 5": "dashed" }[entry.dash] || "solid"} ${entry.colour}`;
          }
          swatch.classList.toggle("symbol", Boolean(entry.shape));
          return make("li", {}, swatch, make("span", { text: entry.label }));
        }),
      );
      return [make("h3", { text: "Couches" }), make("ul", {}, ...rows)];
    }

    tooltip(row) {
      const { n } = this.rows[row];
      return make("div", {}, make("strong", { text: n }), make("br"), document.createTextNode(this.worded(this.indicator, this.values[row])));
    }

    worded(indicator, value) {
      if (value === null || value === undefined) return "non disponible";
      if (typeof value === "string") return (indicator.classes.find((one) => one.value === value) || { label: value }).label;
      return `${number(value, indicator.decimals)}${indicator.unit ? `\u00a0${indicator.unit}` : ""}`;
    }

    /* ---- panel: search, indicator, layers ---- */

    panel() {
      const { config, state } = this;
      this.input = make("input", {
        type: "search", id: "recherche", role: "combobox", autocomplete: "off", spellcheck: "false",
        placeholder: "Commune, code postal, EPCI", "aria-label": "Chercher une commune, un code postal ou un EPCI",
        "aria-expanded": "false", "aria-controls": "resultats", "aria-autocomplete": "list",
        oninput: () => this.search(), onkeydown: (event) => this.searchKey(event),
        onblur: () => setTimeout(() => this.closeSearch(), 200),
      });
      this.results = make("ul", { id: "resultats", role: "listbox", "aria-label": "Résultats de la recherche", hidden: "" });
      const choice = make(
        "select",
        { id: "indicateur", "aria-label": "Indicateur", onchange: (event) => this.choose(event.target.value) },
        ...config.indicators.map((one) => make("option", { value: one.key, text: one.label })),
      );
      choice.value = state.indicator;
      this.choice = choice;
      const boxes = config.layers.map((layer) => {
        const box = make("input", { type: "checkbox", id: `couche-${layer.key}`, onchange: (event) => this.toggle(layer.key, event.target.checked) });
        box.checked = state.layers.includes(layer.key);
        return make("label", { for: `couche-${layer.key}`, title: layer.note || null }, box, make("span", { text: layer.label }));
      });
      this.yearInput = make("input", { type: "range", id: "annee", min: "0", step: "1", "aria-label": "Année", oninput: (event) => this.chooseYear(Number(event.target.value)) });
      this.yearText = make("output", { for: "annee" });
      this.slider = make("label", { class: "field year", for: "annee", hidden: "" }, make("span", { text: "Année" }), this.yearInput, this.yearText);
      this.legendBox = make("section", { class: "legend", "aria-label": "Légende" });
      const folded = document.body.classList.contains("phone");
      const layers = make("details", { class: "layers" }, make("summary", { text: "Couches" }), ...boxes);
      const legend = make("details", { class: "legend-fold" }, make("summary", { text: "Légende" }), this.legendBox);
      if (!folded) legend.open = true;
      this.sentence = make("p", { class: "sentence", "aria-live": "polite" });
      this.note = make("p", { class: "note" });
      const share = make("button", { type: "button", class: "quiet", text: "Copier l’adresse de cette vue", onclick: () => this.share(share) });
      const image = make("button", { type: "button", class: "quiet", text: "Image (PNG)", onclick: () => this.image(image) });
      const whole = make("button", { type: "button", class: "quiet", text: "Toute la région", onclick: () => this.fit(this.home) });
      const side = make(
        "div", { class: "panel" },
        make("div", { class: "search" }, this.input, this.results),
        make("label", { class: "field", for: "indicateur" }, make("span", { text: "Indicateur" }), choice),
        this.slider, layers, legend, make("div", { class: "actions" }, whole, image, config.read_only ? null : share),
      );
      this.card = make("section", { class: "card", hidden: "", "aria-label": "Commune sélectionnée", tabindex: "-1" });
      this.words = make("div", { class: "words" }, this.sentence, this.note);
      document.body.append(side, this.card, this.words);
      document.body.classList.add("loading");
      for (const box of [side, this.card, this.words]) {
        L.DomEvent.disableClickPropagation(box);
        L.DomEvent.disableScrollPropagation(box);
      }
    }

    choose(key) {
      this.state.indicator = key;
      this.draw();
      this.write();
      if (this.row !== undefined) this.fillCard();
    }

    chooseYear(at) {
      const { years } = this.indicator;
      this.state.year = at === years.length - 1 ? null : years[at].year;
      this.draw();
      this.write();
    }

    toggle(key, on) {
      this.state.layers = this.config.layers.map((layer) => layer.key).filter((one) => (one === key ? on : this.state.layers.includes(one)));
      this.show(key, on);
      if (key === "zonage" || key === "fond") this.paint();
      this.legend();
      this.write();
    }

    /* ---- search ---- */

    index() {
      if (!this.entries) {
        const communes = this.rows.map(({ n, p, d, h }, row) => ({ row, name: n, detail: `${p.split(" ")[0]}, ${this.departements[d] || ""}`, key: fold(n), post: p, weight: h }));
        const members = new Map();
        for (const { e, h } of this.rows) {
          if (e) members.set(e, (members.get(e) || 0) + h);
        }
        const epcis = Object.entries(this.epcis).map(([code, name]) => ({ epci: code, name, detail: "EPCI", key: fold(name), post: "", weight: members.get(code) || 0 }));
        this.entries = communes.concat(epcis);
      }
      return this.entries;
    }

    search() {
      const asked = fold(this.input.value).replace(/\bst\b/g, "saint").replace(/\bste\b/g, "sainte");
      if (asked.length < 2) return this.closeSearch();
      const digits = /^\d+$/.test(asked);
      const rank = (entry) => {
        if (digits) return entry.post.split(" ").some((one) => one.startsWith(asked)) ? 0 : 9;
        if (entry.key === asked) return 0;
        if (entry.key.startsWith(asked)) return 1;
        return ` ${entry.key}`.includes(` ${asked}`) ? 2 : entry.key.includes(asked) ? 3 : 9;
      };
      const found = this.index().map((entry) => [rank(entry), entry]).filter(([order]) => order < 9);
      found.sort((a, b) => a[0] - b[0] || b[1].weight - a[1].weight);
      this.found = found.slice(0, 8).map(([, entry]) => entry);
      const rows = this.found.map((entry, order) =>
        make("li", { role: "option", id: `resultat-${order}`, "aria-selected": "false", onmousedown: (event) => { event.preventDefault(); this.go(entry); } },
          make("span", { text: entry.name }), make("small", { text: entry.detail })));
      if (!rows.length) rows.push(make("li", { class: "none", role: "option", "aria-disabled": "true", text: "Aucune commune, aucun code postal ni EPCI de la région ne correspond." }));
      this.results.replaceChildren(...rows);
      this.results.hidden = false;
      this.input.setAttribute("aria-expanded", "true");
      this.at = -1;
    }

    searchKey(event) {
      if (event.key === "Escape") return this.closeSearch();
      if (!["ArrowDown", "ArrowUp", "Enter"].includes(event.key) || this.results.hidden || !this.found.length) return;
      event.preventDefault();
      if (event.key === "Enter") return this.go(this.found[Math.max(0, this.at)]);
      const count = this.found.length;
      this.at = (this.at + (event.key === "ArrowDown" ? 1 : -1) + count) % count;
      [...this.results.children].forEach((row, order) => row.setAttribute("aria-selected", String(order === this.at)));
      this.input.setAttribute("aria-activedescendant", `resultat-${this.at}`);
    }

    closeSearch() {
      this.results.hidden = true;
      this.input.setAttribute("aria-expanded", "false");
      this.input.removeAttribute("aria-activedescendant");
    }

    go(entry) {
      this.closeSearch();
      this.input.value = entry.name;
      if (entry.row !== undefined) {
        this.fit(this.outlines[entry.row].getBounds(), { maxZoom: 11 });
        return this.select(entry.row, null, true);
      }
      const members = this.outlines.filter(({ row }) => this.rows[row].e === entry.epci);
      this.fit(L.featureGroup(members).getBounds());
      this.outline(members);
    }

    /* ---- selection and card ---- */

    outline(communes) {
      if (this.selected) this.selected.remove();
      const drawn = { pane: "selected", interactive: false, color: "#000091", weight: 3, fill: false };
      this.selected = L.polygon(communes.flatMap((one) => one.getLatLngs()), drawn).addTo(this.map);
    }

    select(row, place, tell) {
      this.row = row;
      this.place = place;
      this.detail = null;
      this.state.commune = this.rows[row].c;
      this.outline([this.outlines[row]]);
      this.fillCard();
      this.write();
      this.signal("selected", this.state.commune);
      this.ask({ action: "commune" });
      if (tell && document.body.classList.contains("phone")) this.card.focus({ preventScroll: true });
    }

    unselect() {
      if (this.row === undefined) return;
      this.row = undefined;
      this.state.commune = "";
      if (this.selected) this.selected.remove();
      this.card.hidden = true;
      this.forgetRings();
      this.write();
    }

    forgetRings() {
      this.state.here = null;
      if (this.overlays.ici) this.overlays.ici.remove();
      delete this.overlays.ici;
      delete this.rings.ici;
    }

    fillCard() {
      const { config, row } = this;
      const { c, n, d, e, p, h } = this.rows[row];
      const close = make("button", { type: "button", class: "close", "aria-label": "Fermer la fiche", text: "×", onclick: () => this.unselect() });
      const lines = config.indicators.map((one) => {
        const around = config.comparisons[one.key];
        const bare = { ...one, unit: "" };
        const cell = (value) => make("td", { text: value === null || value === undefined ? "–" : this.worded(bare, value) });
        const value = one.values[row];
        const own = typeof value === "string" ? value : this.worded(bare, value);
        const name = make("th", { scope: "row", text: one.unit ? `${one.short} (${one.unit})` : one.short, title: one.note });
        if (!around) return make("tr", {}, name, make("td", { class: "own", colspan: 4, text: own }));
        return make("tr", { class: one.key === this.state.indicator ? "current" : "" }, name, make("td", { class: "own", text: own }), cell(around.epci[e]), cell(around.departement[d]), cell(around.region));
      });
      const heads = ["", "Commune", "EPCI", "Dép.", "Région"].map((text, order) => make(order ? "th" : "td", order ? { text, scope: "col" } : {}));
      const table = make("table", {}, make("thead", {}, make("tr", {}, ...heads)), make("tbody", {}, ...lines));
      const cover = make("div", { class: "cover" });
      if (this.detail && this.detail.code === c) {
        cover.append(make("h3", { text: "Lignes de garde (PDSES) qui couvrent la commune" }));
        const known = this.detail.lines;
        cover.append(known.length
          ? make("ul", {}, ...known.map((line) => make("li", { text: `${line.specialty}, ${line.line_type} : ${line.establishment}, ${number(line.minutes)} min (${line.status})` })))
          : make("p", { text: this.detail.note }));
      } else cover.append(make("p", { class: "quiet", text: "Lignes de garde : calcul en cours…" }));
      const around = make("button", { type: "button", class: "main", text: "Isochrone d’ici (10, 20, 30 min)", onclick: () => this.isochroneHere(row) });
      const sheet = make("button", { type: "button", text: "Ouvrir la fiche du territoire", onclick: () => this.ask({ action: "fiche" }) });
      const buttons = config.read_only ? make("div", { class: "actions" }, around) : make("div", { class: "actions" }, around, sheet);
      this.card.replaceChildren(
        close, make("h2", { text: n }),
        make("p", { class: "where", text: `${p.split(" ").join(", ")} · ${this.departements[d] || d} · ${this.epcis[e] || "sans EPCI"} · ${number(h)} habitants` }),
        buttons, table, cover, make("p", { class: "note", text: config.comparison_note }),
      );
      this.card.hidden = false;
    }

    isochroneHere(row) {
      const place = this.place || this.map.getCenter();
      const town = config_point(this.config, row);
      this.state.here = (this.place ? [place.lng, place.lat] : town).map((one) => Number(one.toFixed(5)));
      this.busy(true);
      this.write();
      this.ask({ action: "isochrone" });
    }

    busy(on) {
      document.body.classList.toggle("busy", on);
    }

    /* ---- layers ---- */

    show(key, on) {
      const layer = this.config.layers.find((one) => one.key === key);
      if (!layer) return;
      const box = document.getElementById(`couche-${key}`);
      if (box) box.checked = on;
      if (!on) {
        if (this.overlays[key]) this.overlays[key].remove();
        delete this.overlays[key];
      } else if (layer.kind === "points") this.drawPoints();
      else if (layer.kind === "tiles") {
        this.overlays[key] = L.tileLayer(layer.url, { attribution: layer.attribution, maxZoom: 18, opacity: 1, crossOrigin: true }).addTo(this.map);
        this.overlays[key].on("tileerror", () => (this.note.textContent = "Le fond de carte de l’IGN ne répond pas : il demande une connexion à internet."));
      } else if (layer.kind === "rings") {
        if (this.rings[key]) this.drawRings(key);
        else if (!this.expected(key)) {
          this.busy(true);
          this.ask({ action: "couches" });
        }
      }
      this.signal("layers", this.state.layers.join(","));
    }

    zoneFills() {
      const pen = document.createElement("canvas").getContext("2d");
      const fill = (one) => pen.createPattern(pattern(one.pattern, one.colour), "repeat");
      return Object.fromEntries(Object.entries(this.config.zones.styles).map(([zone, one]) => [zone, fill(one)]));
    }

    /* Points near one another at this zoom are drawn as one circle with their number. */
    drawPoints() {
      const CELL_PX = 34;
      for (const layer of this.config.layers.filter((one) => one.kind === "points")) {
        if (this.overlays[layer.key]) this.overlays[layer.key].remove();
        delete this.overlays[layer.key];
        if (!this.state.layers.includes(layer.key)) continue;
        const cells = new Map();
        for (const point of this.config.points[layer.key] || []) {
          const place = this.map.project([point.lat, point.lon]);
          const cell = `${Math.floor(place.x / CELL_PX)},${Math.floor(place.y / CELL_PX)}`;
          if (!cells.has(cell)) cells.set(cell, []);
          cells.get(cell).push(point);
        }
        const group = L.layerGroup();
        for (const members of cells.values()) group.addLayer(this.marker(layer, members));
        this.overlays[layer.key] = group.addTo(this.map);
      }
    }

    marker(layer, members) {
      const [first] = members;
      const style = { ...layer.symbol, ...(layer.statuses ? layer.statuses[first.status] : {}) };
      const title = members.length > 1 ? `${layer.label} : ${members.length}` : first.name;
      const holder = make("span", {}, symbol(style.shape, style.colour, members.length > 1 ? String(members.length) : style.mark));
      const icon = L.divIcon({ className: "point", html: holder, iconSize: members.length > 1 ? [20, 20] : [16, 16] });
      const mean = (name) => members.reduce((sum, one) => sum + one[name], 0) / members.length;
      const marker = L.marker([mean("lat"), mean("lon")], { icon, keyboard: false, title, alt: title });
      const listed = members.slice(0, 12).map((one) => make("li", {}, make("strong", { text: one.name }), make("br"), document.createTextNode(one.detail)));
      if (members.length > 12) listed.push(make("li", { text: `… et ${members.length - 12} autres : zoomez pour les séparer.` }));
      return marker.bindPopup(() => make("ul", { class: "popup" }, ...listed), { maxWidth: 280 });
    }

    drawRings(key) {
      if (this.overlays[key]) this.overlays[key].remove();
      const colour = (this.config.layers.find((one) => one.key === key) || { colour: "#000091" }).colour;
      const rings = this.rings[key];
      const strokes = (this.config.layers.find((one) => one.key === key) || this.config.layers.find((one) => one.kind === "rings")).legend;
      const strokeOf = (minutes) => strokes.find((one) => one.minutes === minutes) || strokes[0];
      this.overlays[key] = L.geoJSON(rings, {
        pane: "rings", interactive: false, renderer: L.canvas({ pane: "rings" }),
        style: ({ properties: { minutes } }) => ({ color: colour, weight: strokeOf(minutes).weight, dashArray: strokeOf(minutes).dash, fillColor: colour, fillOpacity: minutes === 20 ? 0.06 : 0.02 }),
      }).addTo(this.map);
      this.signal("rings", Object.keys(this.rings).join(","));
    }

    /* Names of the largest towns, as many as there is room for. */
    names() {
      const towns = this.rows.map(({ n, h }, row) => ({ name: n, weight: h, place: config_point(this.config, row) })).sort((a, b) => b.weight - a.weight);
      const group = L.layerGroup().addTo(this.map);
      const write = () => {
        group.clearLayers();
        const bounds = this.map.getBounds().pad(-0.02);
        const taken = [];
        for (const town of towns) {
          if (taken.length >= (document.body.classList.contains("phone") ? 9 : 18)) break;
          const spot = L.latLng(town.place[1], town.place[0]);
          if (!bounds.contains(spot)) continue;
          const { x, y } = this.map.latLngToContainerPoint(spot);
          if (taken.some((one) => Math.abs(one.x - x) < 110 && Math.abs(one.y - y) < 34)) continue;
          taken.push({ x, y });
          const label = make("span", { text: town.name });
          L.marker(spot, { pane: "names", interactive: false, keyboard: false, icon: L.divIcon({ className: "town", html: label, iconSize: null }) }).addTo(group);
        }
      };
      this.map.on("moveend", write);
      write();
    }

    /* ---- talking with the page and the server ---- */

    moved() {
      const { lat, lng } = this.map.getCenter();
      Object.assign(this.state, { lat, lon: lng, zoom: this.map.getZoom() });
      this.write();
    }

    write() {
      const { state, config } = this;
      if (config.read_only) return;
      const query = new URLSearchParams(page().location.search);
      const put = (name, value, standard) => (value === standard || value === "" || value === null ? query.delete(name) : query.set(name, value));
      put("ind", state.indicator, config.defaults.indicator);
      put("couches", state.layers.join(","), config.defaults.layers.join(","));
      if (!state.layers.length) query.set("couches", "");
      put("commune", state.commune, "");
      put("annee", state.year ? String(state.year) : "", "");
      put("ici", state.here ? state.here.join(",") : "", "");
      if (Number.isFinite(state.lat)) {
        query.set("lon", state.lon.toFixed(5));
        query.set("lat", state.lat.toFixed(5));
        query.set("z", String(state.zoom));
      }
      const text = query.toString();
      try {
        const place = page().location;
        page().history.replaceState(page().history.state, "", place.pathname + (text ? `?${text}` : ""));
        page().sessionStorage.setItem(SESSION_KEY, JSON.stringify(state));
      } catch {
        /* a browser that refuses keeps the map working without memory */
      }
    }

    /* The view as parameters of the address, which the server reads the same way. */
    query() {
      const { lat, lon, zoom, indicator, layers, commune, here, region, year } = this.state;
      const place = Number.isFinite(lat) ? { lon: lon.toFixed(5), lat: lat.toFixed(5), z: String(zoom) } : {};
      return { region, ...place, ind: indicator, couches: layers.join(","), commune, ici: here ? here.join(",") : "", annee: year ? String(year) : "" };
    }

    async share(button) {
      this.write();
      const said = button.textContent;
      try {
        await page().navigator.clipboard.writeText(page().location.href);
        button.textContent = "Adresse copiée";
      } catch {
        button.textContent = "Copiez l’adresse du navigateur";
      }
      setTimeout(() => (button.textContent = said), 2500);
    }

    /* Hand over the map as it is on screen, legend and sources included, as a PNG file. */
    async image(button) {
      const said = button.textContent;
      button.disabled = true;
      try {
        if (!window.ProxiSoins.image)
          await new Promise((resolve, reject) => document.head.append(Object.assign(document.createElement("script"), { src: this.config.base + this.config.image, onload: resolve, onerror: reject })));
        const { blob, name } = await window.ProxiSoins.image(this);
        const link = make("a", { href: URL.createObjectURL(blob), download: name });
        link.click();
        setTimeout(() => URL.revokeObjectURL(link.href), 10000);
      } catch (error) {
        console.error(error);
        button.textContent = "Image impossible : réessayez";
        setTimeout(() => (button.textContent = said), 4000);
      }
      button.disabled = false;
    }

    ask(message) {
      if (!window.Streamlit) return;
      this.turn += 1;
      window.Streamlit.setComponentValue({ turn: `${Date.now()}-${this.turn}`, ...message, state: this.query() });
    }

    receive(answer) {
      if (!this.rows) {
        this.waiting = answer;
        return;
      }
      this.busy(false);
      for (const [key, rings] of Object.entries(answer.rings || {})) {
        this.rings[key] = rings;
        if (key === "ici" || this.state.layers.includes(key)) this.drawRings(key);
      }
      if (answer.message) this.note.textContent = answer.message;
      if (answer.commune) {
        this.detail = answer.commune;
        if (this.row !== undefined) this.fillCard();
      }
    }
  }

  const config_point = (config, row) => [config.lon[row], config.lat[row]];

  /* ---- entries called by the script that folium writes ---------------------------------- */

  let carte = null;
  let early = null;
  return {
    /* The payload is one document or several, joined by dots; the first says where the contours are. */
    async start(map, payload) {
      try {
        const parts = payload.split(".").map(decode);
        const contours = parts[0].then(fetchContours);
        carte = new Carte(map, Object.assign({}, ...(await Promise.all(parts))));
        if (early) carte.waiting = early;
        await carte.start(await contours);
      } catch (error) {
        console.error(error);
        document.body.classList.remove("loading");
        document.body.append(make("p", { class: "failure", role: "alert", text: "La carte n’a pas pu être affichée : rechargez la page. Si cela dure, relancez « make setup », qui prépare les fichiers de la carte." }));
      }
    },
    async receive(base64) {
      const answer = await decode(base64);
      if (carte) carte.receive(answer);
      else early = answer;
    },
  };
})();
