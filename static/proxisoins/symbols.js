/* Patterns and symbols: nothing is told by colour alone. */

const TILE_PX = 8;

/* A square tile of hatches or dots, as a canvas. */
export function pattern(kind, colour, background) {
  const tile = document.createElement("canvas");
  tile.width = tile.height = TILE_PX;
  const pen = tile.getContext("2d");
  if (background) {
    pen.fillStyle = background;
    pen.fillRect(0, 0, TILE_PX, TILE_PX);
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

/* The same tile as something a canvas can be filled with. */
export const fillOf = (...style) => document.createElement("canvas").getContext("2d").createPattern(pattern(...style), "repeat");

const PATHS = {
  square: "M3 3h14v14H3z",
  circle: "M10 2a8 8 0 1 0 .01 0z",
  triangle: "M10 2l9 16H1z",
  diamond: "M10 1l9 9-9 9-9-9z",
  cross: "M7 2h6v5h5v6h-5v5H7v-5H2V7h5z",
  house: "M10 2l8 7v9H2V9z",
  hexagon: "M5.500 2h9L19 10l-4.500 8h-9L1 10z",
  pentagon: "M10 1l9 7-3.500 11h-11L1 8z",
  pin: "M10 1a6 6 0 0 1 6 6c0 5-6 12-6 12S4 12 4 7a6 6 0 0 1 6-6z",
  star: "M10 1l2.7 5.8 6.3.7-4.7 4.3 1.3 6.2L10 14.900l-5.600 3.100 1.300-6.200L1 7.500l6.300-.7z",
};
const SPACE = "http://www.w3.org/2000/svg";

export function drawn(tag, attributes) {
  const node = document.createElementNS(SPACE, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  return node;
}

/* A ring cut by status, with the number of lines in it; statuses come the worst first. */
export function ring(parts, total) {
  const svg = drawn("svg", { viewBox: "0 0 20 20", "aria-hidden": "true" });
  svg.append(drawn("circle", { cx: 10, cy: 10, r: 9.6, fill: "#fff" }));
  const around = 2 * Math.PI * 7.6;
  let from = 0;
  for (const { colour, count } of parts) {
    const length = (around * count) / total;
    svg.append(drawn("circle", { cx: 10, cy: 10, r: 7.6, fill: "none", stroke: colour, "stroke-width": 3.6, "stroke-dasharray": `${length} ${around - length}`, "stroke-dashoffset": -from, transform: "rotate(-90 10 10)" }));
    from += length;
  }
  const text = drawn("text", { x: 10, y: 13.4, "text-anchor": "middle", "font-size": total > 99 ? 6 : 8.5, "font-weight": "700", fill: "#161616" });
  text.textContent = String(total);
  svg.append(text);
  return svg;
}

/* A symbol of 20 by 20 with a letter or a number on it. */
export function symbol(shape, colour, mark) {
  const svg = drawn("svg", { viewBox: "0 0 20 20", "aria-hidden": "true" });
  svg.append(drawn("path", { d: PATHS[shape] || PATHS.circle, fill: colour, stroke: "#fff", "stroke-width": "1.5" }));
  if (mark) {
    const text = drawn("text", { x: "10", y: "14", "text-anchor": "middle", "font-size": "10", "font-weight": "700", fill: "#fff" });
    text.textContent = mark;
    svg.append(text);
  }
  return svg;
}
