/* The door between folium and the client's modules (docs/map.md): folium calls `ProxiSoins.start(map, payload)`,
 * then `ProxiSoins.receive(answer)`. streamlit-folium loads plain scripts only: this one asks for the modules.
 */
"use strict";
window.ProxiSoins = (() => {
  const client = import("./main.js");
  return {
    start: async (...given) => (await client).start(...given),
    receive: async (...given) => (await client).receive(...given),
  };
})();
