/* Tab goes from a button of the page into what it opened, round it and back: Streamlit draws that at the end of the
 * document, where the keyboard would meet it last. Escape closes it, as Streamlit does itself.
 */
"use strict";
(() => {
  const REACHED = "a[href], button:not(:disabled), input:not(:disabled), select, textarea, [tabindex='0']";
  const opener = () => document.querySelector("[data-testid=stPopover] button[aria-expanded=true]");

  document.addEventListener("keydown", (event) => {
    const body = document.querySelector("[data-testid=stPopoverBody]");
    const button = opener();
    if (event.key !== "Tab" || !body || !button) return;
    const ring = [button, ...body.querySelectorAll(REACHED)].filter((one) => one.getClientRects().length);
    const at = ring.indexOf(document.activeElement);
    if (at < 0 || ring.length < 2) return;
    event.preventDefault();
    ring[(at + (event.shiftKey ? -1 : 1) + ring.length) % ring.length].focus();
  });
})();
