/* What the whole page needs beside its maps: the keyboard, wide tables, addresses, marks of punctuation, paper.
 *
 * Tab goes from a button of the page into what it opened, round it and back: Streamlit draws that at the end of the
 * document, where the keyboard would meet it last. Escape closes it, as Streamlit does itself.
 */
"use strict";
(() => {
  const REACHED = "a[href], button:not(:disabled), input:not(:disabled), select, textarea, [tabindex='0']"
    .split(", ").map((one) => `${one}:not([tabindex='-1'])`).join(", ");
  const opener = () => document.querySelector("[data-testid=stPopover] button[aria-expanded=true]");

  document.addEventListener("keydown", (event) => {
    const body = document.querySelector("[data-testid=stPopoverBody]");
    const button = opener();
    if (event.key !== "Tab" || !body || !button) return;
    const ring = [button, ...body.querySelectorAll(REACHED)].filter((one) => one.getClientRects().length);
    const at = ring.indexOf(document.activeElement);
    if (at < 0) return;
    const step = event.shiftKey ? ring.length - 1 : 1;
    // One that is hidden until the mouse is over it does not take the focus: the next one does.
    for (let next = (at + step) % ring.length; next !== at; next = (next + step) % ring.length) {
      ring[next].focus();
      if (document.activeElement !== ring[next]) continue;
      event.preventDefault();
      return;
    }
  });

  /* On a telephone a list of several choices lies over what it changes: a choice closes it, a touch opens it again.
   * Heard before the list itself, which tells no one else.
   */
  document.addEventListener("click", ({ target }) => {
    if (innerWidth > 640 || !target.closest?.("[role=option]")) return;
    setTimeout(() => document.activeElement?.closest("[data-testid=stMultiSelect]") && document.activeElement.blur());
  }, true);

  /* In a narrow window the menu lies over the screen that it has just opened: the choice closes it. Streamlit does so on a
   * telephone alone.
   */
  document.addEventListener("click", ({ target }) => {
    if (innerWidth > 640 || !target.closest?.("[data-testid=stSidebarNavLink]")) return;
    setTimeout(() => document.querySelector("[data-testid=stSidebar][data-collapsed=false] [data-testid=stSidebarCollapseButton] button")?.click(), 300);
  }, true);

  /* A table wider than its place is cut in the middle of a word or a number: what goes on at the right is told, for the
   * style to fade it.
   */
  const told = () => {
    for (const table of document.querySelectorAll("[data-testid=stDataFrame], .ps-plain")) {
      const moved = table.querySelector(".dvn-scroller") || table;
      table.toggleAttribute("data-more", moved.scrollWidth - moved.clientWidth - moved.scrollLeft > 4);
    }
  };
  let asked = 0;
  const tell = () => {
    cancelAnimationFrame(asked);
    asked = requestAnimationFrame(told);
  };
  addEventListener("scroll", tell, true);
  addEventListener("resize", tell);

  /* A map writes in the address where it stands, and the server does not hear it: with its next choice it would write the
   * place before. What the map wrote stays, unless the server tells another place than it did, or goes elsewhere.
   * Whatever the server writes after one gesture is one step of Back.
   */
  const PLACE = ["lon", "lat", "z"];
  const placeOf = ({ searchParams }) => PLACE.map((name) => searchParams.get(name) ?? "").join();
  const screenOf = ({ pathname, searchParams }) => `${pathname} ${searchParams.get("region")}`;
  let screen, heard, written;
  let acted = false;
  /* Whether a map has written in the address what the server has not heard: an indicator, a year. */
  let unheard = false;
  const viewOf = ({ searchParams }) => [...searchParams].filter(([name]) => !PLACE.includes(name)).join("&");
  const arrive = (target) => {
    screen = screenOf(target);
    heard = written = placeOf(target);
  };
  /* `opened`: where the address decides for the first map; `kept`: where that of a long page stands. */
  const opened = ({ isTrusted: stepped }) => {
    arrive(new URL(location));
    if (!stepped) return;
    acted = false;
    window.carte = { opened: location.pathname };
  };
  opened({ isTrusted: true });
  addEventListener("popstate", opened, true);
  const listenTo = (whole) => {
    for (const kind of ["pointerdown", "keydown", "click"]) whole.addEventListener(kind, () => (acted = true), true);
  };
  listenTo(document);
  const own = Object.fromEntries(["pushState", "replaceState"].map((name) => [name, history[name].bind(history)]));
  for (const name of Object.keys(own))
    history[name] = (state, title, url) => {
      const target = new URL(url ?? location, location);
      const place = placeOf(target);
      const follows = title !== "carte" && !acted;
      if (title === "carte") {
        written = place;
        unheard ||= viewOf(target) !== viewOf(new URL(location));
      }
      else if (place !== heard || screenOf(target) !== screen) arrive(target);
      else if (written !== heard)
        written.split(",").forEach((text, rank) => (text ? target.searchParams.set(PLACE[rank], text) : target.searchParams.delete(PLACE[rank])));
      const stays = follows || target.href === location.href;
      if (name === "pushState" && !stays) acted = false;
      own[stays ? "replaceState" : name](state, title, target);
    };

  /* A mark of punctuation that French parts from its word by a space never begins a line, nor the unit of a number, nor
   * does an opening quote end one: here, once, for whatever a screen says, its maps too.
   */
  const MARKS = / (?=[;:?!»%€])|(?<=«) |(?<=\d) (?=(?:min|km|ans?|hab)\b)/g;
  const AS_WRITTEN = "head, code, pre, script, style, textarea";
  const tighten = (node) => {
    if (node.nodeType === Node.ELEMENT_NODE && !node.matches(AS_WRITTEN)) node.childNodes.forEach(tighten);
    if (node.nodeType !== Node.TEXT_NODE) return;
    const written = node.nodeValue.replace(MARKS, "\u00a0");
    if (written !== node.nodeValue) node.nodeValue = written;
  };
  const said = new MutationObserver((changes) => {
    tell();
    for (const { type, target, addedNodes } of changes)
      for (const one of type === "characterData" ? [target] : addedNodes)
        if (one.parentElement && !one.parentElement.closest(AS_WRITTEN)) tighten(one);
  });
  const listen = (whole) => said.observe(whole, { childList: true, subtree: true, characterData: true, attributeFilter: ["style"] });
  const enter = (map) => {
    tighten(map.contentDocument.body);
    listen(map.contentDocument);
    listenTo(map.contentDocument);
  };
  const MAP = "iframe[title^=streamlit_folium]";
  const maps = () => document.querySelectorAll(MAP);
  listen(document);
  maps().forEach(enter);
  document.addEventListener("load", ({ target }) => target.matches?.(MAP) && enter(target), true);

  /* « Partager » tells the address in sight, and the menu leaves it for another screen, which keeps the view: the server
   * is told it as if Back had given it.
   */
  const tellAddress = () => {
    unheard = false;
    dispatchEvent(new PopStateEvent("popstate"));
  };
  document.addEventListener("click", ({ target }) => target.closest?.("[class*=st-key-partager_] button[aria-expanded=false]") && tellAddress(), true);
  for (const kind of ["pointerover", "focusin"])
    document.addEventListener(kind, ({ target }) => unheard && target.closest?.("header, [data-testid=stSidebar]") && tellAddress(), true);

  /* A map is drawn for the window, wider than a sheet of paper: it is printed whole and smaller, as high as what stands
   * beside it. Nothing draws it again for paper, where its frame has another width, known to the style alone. That of a
   * telephone has beside it what the screen has below; what one clicks on is left out, and its sources are read
   * where the page has none of its own.
   */
  const PAPER = `.panel :is(.search, .actions, .field, fieldset), .panel > div:not([class]), .leaflet-control-zoom,
      button, summary { display: none !important; }
    html, body, #root, #parent, .float-child { background: #fff; }
    .panel, .card { bottom: auto; overflow: visible; border: 0; }
    body.phone .sheet { left: calc(var(--map-wide) + 12px); top: 0; bottom: auto; height: auto; overflow: visible; border: 0; }
    body.phone .sheet::after { content: none; }
    body.phone .sheet:has(.card:not([hidden])) .panel { position: absolute; top: calc(var(--map-high) + 8px);
      left: calc(-12px - var(--map-wide)); width: var(--map-wide); }
    body.phone #map_div { right: auto; width: var(--map-wide) !important; height: var(--map-high) !important; }`;
  const SOURCES = ".words details::details-content { content-visibility: visible; block-size: auto; }";
  /* Width on paper of what a telephone shows, and how many times as high as wide a map may be to stand on one side. */
  const PAPER_PX = 1000, TALLEST = 1.3;
  const dressed = new Map();
  const dress = (map) => {
    const inner = map.contentDocument, root = inner.documentElement, drawn = inner.getElementById("map_div");
    const phone = inner.body.classList.contains("phone");
    const wide = phone ? Math.max(map.offsetWidth, PAPER_PX) : map.offsetWidth;
    dressed.set(map, [map, root].map((one) => [one, one.style.cssText]));
    if (drawn) {
      root.style.setProperty("--map-wide", `${drawn.offsetWidth}px`);
      root.style.setProperty("--map-high", `${drawn.offsetHeight}px`);
    }
    const style = root.appendChild(inner.createElement("style"));
    Object.assign(style, { className: "paper", textContent: PAPER + (document.querySelector(".ps-small") ? "" : SOURCES) });
    Object.assign(root.style, { width: `${wide}px`, transform: "scale(1)", transformOrigin: "0 0" });
    const foots = [...inner.querySelectorAll("#map_div, .panel, .card")].map((one) => one.getBoundingClientRect().bottom);
    const high = Math.ceil(Math.max(...foots, drawn ? 0 : map.offsetHeight));
    style.media = "print";
    const across = Math.max(wide, Math.ceil(high / TALLEST));
    Object.assign(root.style, { height: `${high}px`, transform: `scale(tan(atan2(100vw, ${across}px)))` });
    Object.assign(map.style, { maxWidth: "100%", height: "auto", aspectRatio: `${across} / ${high}` });
    if (phone) map.style.width = "100%";
  };
  addEventListener("beforeprint", () => [...maps()].filter((map) => map.offsetWidth && map.contentDocument && !dressed.has(map)).forEach(dress));
  addEventListener("afterprint", () => {
    for (const [map, before] of dressed) {
      for (const [one, text] of before) one.style.cssText = text;
      map.contentDocument?.querySelector("style.paper")?.remove();
    }
    dressed.clear();
  });
})();
