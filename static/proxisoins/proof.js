/* The room of one commune in words: its number, and the communes that prove it. Asked for with the first card. */
import { make, number } from "./dom.js";
import { inhabitants } from "./room.js";

/* Its number, and its proof, for the card; what is said of this commune alone comes with the server's answer. */
export function proof(room, row, detail) {
  const { known, carte } = room;
  const note = detail && detail.code === carte.rows[row].c ? detail.room : "";
  const people = carte.rows[row].h;
  const nearest = known.nearest[room.step][row];
  const unknown = make("p", { text: "Non disponible : tous les médecins à portée ne sont pas connus. Importez leurs effectifs pour toutes les communes, voisines comprises." });
  const level = room.level(row);
  const where = `à ${known.minutes} minutes`;
  const box = make("div", { class: "proof" }, make("h3", { text: `De la place ${where}` }));
  if (!room.counted(row)) {
    box.append(unknown);
    return box;
  }
  const parts = room.parts(row);
  const elsewhere = parts.length > 1 ? make("p", { text: others(room, parts, where) }) : "";
  if (level === null) {
    const alone = parts.length > 1 ? `${inhabitants(parts[0][1])} y sont` : people === 1 ? "son habitant y est" : `ses ${number(people)} habitants y sont`;
    box.append(make("p", { text: `Aucun médecin ${where} : ${alone} sans place, quoi qu’on fasse.` }), elsewhere);
    return box;
  }
  const fair = Math.round(room.fair(row));
  box.append(make("p", { text: `Sans place, à ${number(room.capacity)} habitants par médecin : ${inhabitants(nearest)} si le plus proche passe le premier ; ${inhabitants(fair)} dans le partage le plus équitable.` }));
  if (note) box.append(make("p", { class: "note", text: note }));
  box.append(make("p", {}, make("strong", { text: `${number(level)} habitants par médecin, quoi qu’on fasse` }), ` : ${reason(room, row, where)}`));
  box.append(elsewhere);
  if (room.shown) box.append(make("p", { class: "note", text: "Sur la carte : ces communes en trait plein ; en tirets, avec celles qui le prouvent." }));
  return box;
}

/* The inhabitants who share other GPs than most of their commune. */
function others(room, [[, most], ...rest], where) {
  const told = rest.map(([block, people]) =>
    `${inhabitants(people)} : ${block < 0 ? `aucun médecin ${where}` : `${number(room.known.blocks[block].level)} par médecin`}`);
  return `Ce nombre est celui de ${inhabitants(most)} de la commune ; ailleurs dans la commune, ${told.join(" ; ")}.`;
}

function reason(room, row, where) {
  const block = room.known.blocks[room.known.block[row]];
  const part = room.known.parts ? " (en tout ou en partie)" : "";
  const communes = (count, outside) =>
    count === 1 ? `cette commune${part}` : `ces ${number(count)} communes${part}${outside ? ` (dont ${number(outside)} d’une région voisine)` : ""}`;
  const doctors = (count) => `${number(count, Number.isInteger(count) ? 0 : 1)} médecin${count >= 2 ? "s" : ""}`;
  const own = `${communes(block.communes, block.outside)} et ${block.communes === 1 ? "ses" : "leurs"} ${inhabitants(block.people)} n’ont que ${doctors(block.gps)} ${where}`;
  if (block.hall.length === 1) return `${own}.`;
  return (
    `${own}, une fois servies les communes plus mal loties qui partagent leurs médecins. Avec elles : ` +
    `${number(block.hall_communes)} communes${part}, ${number(block.hall_people)} habitants, ${doctors(block.hall_gps)}, soit ${number(block.hall_people / block.hall_gps)} par médecin en moyenne, que personne ne peut faire baisser.`
  );
}
