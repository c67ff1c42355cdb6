/* What the server sends: unpacked, and turned into communes, outlines, classes and words. */
import { number } from "./dom.js";

async function unpack(bytes) {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream).json();
}

const bytesOf = (base64) => Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));

export const decode = (base64) => unpack(bytesOf(base64));

export async function fetchContours(config) {
  if (config.contours_data) return decode(config.contours_data);
  const answer = await fetch(config.base + config.contours);
  if (!answer.ok) throw new Error(`contours ${answer.status}`);
  return unpack(await answer.arrayBuffer());
}

/* Rings come as whole steps: x0, y0, then moves; see geo/layers.py. Points are [latitude, longitude]. */
export function outlinesOf({ contours, decimals }) {
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

/* One object a commune: code, name, département, EPCI, postcodes, inhabitants, place of its town hall. */
export const communesOf = ({ columns, contours }) =>
  contours.map((_, row) => Object.fromEntries(Object.entries(columns).map(([name, values]) => [name, values[row]])));

/* Rank of the class of a value, -1 when the value is not known. */
export function classOf(indicator, value) {
  if (value === null || value === undefined) return -1;
  if (indicator.classes.length && indicator.classes[0].value !== undefined)
    return indicator.classes.findIndex((one) => one.value === value);
  let rank = 0;
  while (rank < indicator.breaks.length && value > indicator.breaks[rank]) rank += 1;
  return rank;
}

/* Communes of each class, and those without a value. */
export function countsOf(indicator, values) {
  const counts = new Array(indicator.classes.length).fill(0);
  let missing = 0;
  for (const value of values) {
    const rank = classOf(indicator, value);
    if (rank < 0) missing += 1;
    else counts[rank] += 1;
  }
  return { counts, missing };
}

export function worded(indicator, value) {
  if (value === null || value === undefined) return indicator.absent || "non disponible";
  if (typeof value === "string") return (indicator.classes.find((one) => one.value === value) || { label: value }).label;
  if (!value && indicator.classes[0]?.label === "sur place") return "sur place";
  return `${number(value, indicator.decimals)}${indicator.unit ? `\u00a0${indicator.unit}` : ""}`;
}

/* The year known nearest to the one asked, or null. */
export const nearestYear = (years, asked) =>
  (asked && [...years].sort((one, two) => Math.abs(one.year - asked) - Math.abs(two.year - asked))[0]) || null;

/* Say which year stands for one not known. */
export const otherYear = (asked, shown) =>
  asked && shown && asked !== shown.year ? `L’année ${asked} n’est pas connue ici : voici ${shown.year}, la plus proche. ` : "";
