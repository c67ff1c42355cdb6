/* Small helpers of the page: elements without markup, numbers and words in French. */

export const number = (value, decimals = 0) =>
  value === null || value === undefined
    ? "non disponible"
    : value
        .toLocaleString("fr-FR", {
          minimumFractionDigits: decimals,
          maximumFractionDigits: decimals,
          signDisplay: "negative", // no "-0"
        })
        .replace("-", "−");

/* A text without accents, case or punctuation: two spellings of one name are then equal. */
export const fold = (text) =>
  text.normalize("NFKD").replace(/\p{Mn}/gu, "").toLowerCase().replace(/œ/g, "oe").replace(/[^a-z0-9]+/g, " ").trim();

/* An element: "text" is written as text, "on…" listens, the rest are attributes (null: left out). */
export function make(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name === "text") node.textContent = value;
    else if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value !== null && value !== undefined) node.setAttribute(name, value);
  }
  node.append(...children.filter((child) => child !== null));
  return node;
}

export const isPhone = () => document.body.classList.contains("phone");
