/* First script of the map's frame: it hears its parent, a page of this server, and nobody else.
 *
 * What the frame is told to draw holds a script. Another window that holds a handle on the frame (it opened it,
 * or stands beside it) could otherwise send one, where the browser keeps no wall between windows: on plain http.
 */
"use strict";
window.addEventListener(
  "message",
  (event) => {
    const parent = window.parent !== window && event.source === window.parent;
    if (!parent || event.origin !== window.location.origin) event.stopImmediatePropagation();
  },
  { capture: true },
);
