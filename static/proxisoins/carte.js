/* The door between folium and the client's modules.
 *
 * Folium describes the map (view, bounds, controls) and calls `ProxiSoins.start(map, payload)`, then
 * `ProxiSoins.receive(answer)`. streamlit-folium loads plain scripts only: this one asks for the modules, served
 * as they are. Contours come from a static file, values and names as base64 JSON: no text is ever read as HTML
 * or as a script (everything is written with textContent).
 */
"use strict";
window.ProxiSoins = (() => {
  const client = import("./main.js");
  return {
    start: async (...given) => (await client).start(...given),
    receive: async (...given) => (await client).receive(...given),
  };
})();
