/* Entries of the client, which the script that folium writes calls through `carte.js`. */
import { decode, fetchContours } from "./data.js";
import { make } from "./dom.js";
import { Carte } from "./map.js";

const FAILED = "La carte n’a pas pu être affichée : rechargez la page. Si cela dure, relancez « make setup », qui prépare les fichiers de la carte.";

let carte = null;
let early = null;

/* The payload is one document or several, joined by dots; the first says where the contours are. */
export async function start(map, payload) {
  try {
    const parts = payload.split(".").map(decode);
    const contours = parts[0].then(fetchContours);
    carte = new Carte(map, Object.assign({}, ...(await Promise.all(parts))));
    if (early) carte.waiting = early;
    carte.start(await contours);
  } catch (error) {
    console.error(error);
    document.body.classList.remove("loading");
    document.body.append(make("p", { class: "failure", role: "alert", text: FAILED }));
  }
}

export async function receive(base64) {
  const answer = await decode(base64);
  if (carte) carte.receive(answer);
  else early = answer;
}
