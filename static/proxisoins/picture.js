/* The map as an image: what is on screen, under its title, beside its legend, above its sources.
 *
 * Loaded when first asked for. Everything is drawn here from what the page shows: nothing is sent anywhere.
 */
import { nearestYear } from "./data.js";
import { fold } from "./dom.js";
import { give } from "./given.js";

const SCALE = 2;
const MARGIN = 16;
const SIDE = 300;
const SCALE_HIGH = 44;
const FONT = '"Source Sans", "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif';
const INK = "#161616";

/* Titles of the simulated tables that what is drawn reads: its indicator, its earlier years, the layers shown. */
export function simulatedIn({ config, indicator, state }) {
  const shown = config.layers.filter((layer) => state.layers.includes(layer.key));
  const dated = state.year || state.since ? [indicator.dated] : [];
  const read = new Set([...indicator.reads, ...dated, ...shown.flatMap((layer) => layer.reads || [])]);
  return Object.entries(config.simulated).filter(([table]) => read.has(table)).map(([, title]) => title);
}

function loaded(address) {
  return new Promise((resolve, reject) => {
    const image = new Image();
    image.onload = () => resolve(image);
    image.onerror = () => reject(new Error("image illisible"));
    image.src = address;
  });
}

function rasterOf(svg, width, height) {
  const copy = svg.cloneNode(true);
  copy.setAttribute("width", width * SCALE);
  copy.setAttribute("height", height * SCALE);
  return loaded(`data:image/svg+xml;charset=utf-8,${encodeURIComponent(new XMLSerializer().serializeToString(copy))}`);
}

/* Lines of a text that hold in a width: a number is never cut at its thousands, and no line starts with « ; ». */
export function wrapped(pen, text, width) {
  const lines = [];
  let line = "";
  for (const word of text.replace(/ (?=[;:!?»%])|(?<=«) /g, "\u00a0").split(/[ \t\r\n]+/).filter(Boolean)) {
    const longer = line ? `${line} ${word}` : word;
    if (line && pen.measureText(longer).width > width) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  return line ? [...lines, line] : lines;
}

/* Write a text from a height down; return the height below it. Without ink, only measure. */
function write(pen, text, { x, y, width, size, weight = 400, colour = INK, ink = true }) {
  pen.font = `${weight} ${size}px ${FONT}`;
  pen.fillStyle = colour;
  pen.textBaseline = "top";
  const lines = wrapped(pen, text, width);
  if (ink) lines.forEach((line, row) => pen.fillText(line, x, y + row * size * 1.35));
  return y + lines.length * size * 1.35;
}

/* The panes of the map, the lowest first: tiles, outlines, symbols, names of towns. */
async function drawMap(pen, map, left, top) {
  const box = map.getContainer().getBoundingClientRect();
  pen.save();
  pen.beginPath();
  pen.rect(left, top, box.width, box.height);
  pen.clip();
  pen.fillStyle = "#f3f5f7";
  pen.fillRect(left, top, box.width, box.height);
  const panes = Object.values(map.getPanes()).filter((pane) => pane !== map.getPane("mapPane"));
  const order = (pane) => Number(getComputedStyle(pane).zIndex) || 0;
  for (const pane of panes.sort((a, b) => order(a) - order(b))) {
    for (const part of pane.querySelectorAll("canvas, img.leaflet-tile, .leaflet-marker-icon svg, .badge, .town span")) {
      const at = part.getBoundingClientRect();
      const [x, y] = [left + at.left - box.left, top + at.top - box.top];
      if (part.tagName === "B") drawBadge(pen, part.textContent, x, y, at);
      else if (part.tagName === "svg") pen.drawImage(await rasterOf(part, at.width, at.height), x, y, at.width, at.height);
      else if (part.tagName === "SPAN") {
        pen.font = `600 12px ${FONT}`;
        pen.textBaseline = "middle";
        pen.lineWidth = 3;
        pen.strokeStyle = "rgba(255, 255, 255, 0.9)";
        pen.fillStyle = "#1b2230";
        pen.strokeText(part.textContent, x, y + at.height / 2);
        pen.fillText(part.textContent, x, y + at.height / 2);
      } else pen.drawImage(part, x, y, at.width, at.height);
    }
  }
  pen.restore();
}

function drawBadge(pen, count, x, y, { width, height }) {
  pen.fillStyle = "#b00020";
  pen.beginPath();
  pen.arc(x + width / 2, y + height / 2, width / 2, 0, 7);
  pen.fill();
  pen.fillStyle = "#ffffff";
  pen.font = `700 10px ${FONT}`;
  pen.textBaseline = "middle";
  pen.textAlign = "center";
  pen.fillText(count, x + width / 2, y + height / 2);
  pen.textAlign = "left";
}

/* A bar of round length, as the map measures it at its middle, and where the north is. */
export function scaleOf(map, longest = 140) {
  const { x, y } = map.getSize();
  const metres = map.distance(map.containerPointToLatLng([x / 2 - longest / 2, y / 2]), map.containerPointToLatLng([x / 2 + longest / 2, y / 2]));
  const power = 10 ** Math.floor(Math.log10(metres));
  const round = [5, 2, 1].find((one) => one * power <= metres) * power;
  return { metres: round, pixels: (longest * round) / metres };
}

/* Draw them beside the map, never on it: from `left`, their foot at `low`. */
function drawScale(pen, map, left, low) {
  const { metres, pixels } = scaleOf(map);
  pen.fillStyle = pen.strokeStyle = INK;
  pen.lineWidth = 2;
  pen.strokeRect(left, low - 4, pixels, 1);
  pen.font = `600 12px ${FONT}`;
  pen.textBaseline = "bottom";
  pen.fillText(metres < 1000 ? `${metres} m` : `${metres / 1000} km`, left, low - 8);
  const x = left + pixels + 24;
  pen.beginPath();
  pen.moveTo(x, low - 18);
  pen.lineTo(x + 6, low);
  pen.lineTo(x, low - 5);
  pen.lineTo(x - 6, low);
  pen.fill();
  pen.textAlign = "center";
  pen.fillText("N", x, low - 18);
  pen.textAlign = "left";
}

async function drawSwatch(pen, swatch, x, y) {
  const style = getComputedStyle(swatch);
  const svg = swatch.querySelector("svg");
  if (svg) return pen.drawImage(await rasterOf(svg, 16, 16), x + 3, y - 1, 16, 16);
  if (swatch.classList.contains("line")) {
    pen.save();
    pen.strokeStyle = style.borderTopColor;
    pen.lineWidth = parseFloat(style.borderTopWidth);
    pen.setLineDash({ dotted: [2, 3], dashed: [6, 4] }[style.borderTopStyle] || []);
    pen.beginPath();
    pen.moveTo(x, y + 7);
    pen.lineTo(x + 22, y + 7);
    pen.stroke();
    return pen.restore();
  }
  pen.fillStyle = style.backgroundColor;
  const tile = /^url\("(data:[^"]+)"\)$/.exec(style.backgroundImage);
  if (tile) pen.fillStyle = pen.createPattern(await loaded(tile[1]), "repeat");
  pen.fillRect(x, y, 22, 14);
  if (swatch.classList.contains("hatched")) {
    pen.save();
    pen.beginPath();
    pen.rect(x, y, 22, 14);
    pen.clip();
    pen.strokeStyle = "#8a8f98";
    for (let shift = -14; shift < 22; shift += 5) {
      pen.moveTo(x + shift, y + 14);
      pen.lineTo(x + shift + 14, y);
    }
    pen.stroke();
    pen.restore();
  }
  pen.strokeStyle = "#9aa0ab";
  pen.lineWidth = 1;
  pen.strokeRect(x + 0.5, y + 0.5, 21, 13);
}

async function drawLegend(pen, legend, { x, y, width, ink = true }) {
  let low = y;
  for (const node of legend.querySelectorAll("h2, h3, li")) {
    if (node.tagName !== "LI") {
      low = write(pen, node.textContent, { x, y: low + 8, width, size: 14, weight: 700, ink }) + 4;
      continue;
    }
    const [swatch, label, count] = node.children;
    const first = low;
    low = write(pen, label.textContent, { x: x + 30, y: low, width: width - 80, size: 13, ink }) + 4;
    if (!ink) continue;
    await drawSwatch(pen, swatch, x, first + 1);
    if (!count) continue;
    pen.textAlign = "right";
    write(pen, count.textContent, { x: x + width, y: first, width: 60, size: 12, colour: "#50545c" });
    pen.textAlign = "left";
  }
  return low;
}

/* Whose outline is drawn: of the commune chosen, of the group that was sought. */
const chosenIn = ({ row, rows, contour, panel }) => (row === undefined ? contour && panel.group?.known && panel.group.name : rows[row].n) || "";

function drawChosen(pen, name, { x, y, width, ink = true }) {
  if (ink) {
    pen.strokeStyle = "#000091";
    pen.lineWidth = 3;
    pen.strokeRect(x + 1.5, y + 2.5, 19, 11);
  }
  return write(pen, name, { x: x + 30, y, width: width - 30, size: 13, ink }) + 4;
}

/* Return the image as a blob (PNG, twice the size of the screen). */
export async function pictureOf(carte) {
  const { map, config, indicator, panel } = carte;
  const { width: mapWidth, height: mapHeight } = map.getContainer().getBoundingClientRect();
  const beside = mapWidth >= 600;
  const width = 2 * MARGIN + mapWidth + (beside ? SIDE : 0);
  const inside = width - 2 * MARGIN;
  const today = new Date().toLocaleDateString("fr-FR", { day: "numeric", month: "long", year: "numeric" }).replace(/^1 /, "1er ");
  const year = nearestYear(indicator.years, carte.state.year);
  const title = `${config.region_name}\u00a0: ${panel.legendBox.querySelector("h2").textContent}${year && !indicator.current ? ` · ${year.year}` : ""}`;
  const simulated = simulatedIn(carte).join(", ");
  const warning = simulated && `${config.warning} Simulé\u00a0: ${simulated}.`;
  const credits = `${panel.note.textContent} ${panel.credits.textContent} ${config.attribution}. Image du ${today}, ProxiSoins.`;
  const chosen = chosenIn(carte), said = carte.contour ? panel.group?.node.textContent : "";
  const canvas = document.createElement("canvas");
  const pen = canvas.getContext("2d");
  const place = { x: MARGIN, width: inside };
  const legendAt = (y) => (beside ? { x: MARGIN + mapWidth + 16, y, width: SIDE - 16 } : { x: MARGIN, y: y + mapHeight + SCALE_HIGH, width: inside });

  const draw = async (ink) => {
    let y = write(pen, title, { ...place, y: MARGIN, size: 20, weight: 700, ink }) + 4;
    if (warning) y = write(pen, warning, { ...place, y, size: 13, weight: 600, colour: "#b34000", ink }) + 6;
    if (ink) await drawMap(pen, map, MARGIN, y);
    const legend = legendAt(y);
    let legendEnd = await drawLegend(pen, panel.legendBox, { ...legend, ink });
    if (chosen) legendEnd = drawChosen(pen, chosen, { ...legend, y: legendEnd, ink });
    const scaleFoot = beside ? Math.max(y + mapHeight, legendEnd + SCALE_HIGH) : y + mapHeight + SCALE_HIGH - 4;
    if (ink) drawScale(pen, map, legend.x, scaleFoot);
    y = Math.max(scaleFoot, legendEnd) + 10;
    if (said) y = write(pen, said, { ...place, y, size: 15, weight: 600, ink }) + 4;
    y = write(pen, panel.sentence.textContent, { ...place, y, size: 15, weight: 600, ink }) + 4;
    return write(pen, credits, { ...place, y, size: 11, colour: "#45494f", ink }) + MARGIN;
  };
  const height = await draw(false);
  canvas.width = width * SCALE;
  canvas.height = height * SCALE;
  pen.scale(SCALE, SCALE);
  pen.fillStyle = "#ffffff";
  pen.fillRect(0, 0, width, height);
  await draw(true);
  const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
  return { blob, name: `carte-${fold(indicator.short).replaceAll(" ", "-")}${warning ? "-demonstration" : ""}.png` };
}

export async function handOver(carte) {
  const { blob, name } = await pictureOf(carte);
  give(blob, name);
}
