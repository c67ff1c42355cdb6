/* A file that the page has made, handed to who asked for it. */
import { make } from "./dom.js";

export function give(blob, name) {
  const link = make("a", { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}
