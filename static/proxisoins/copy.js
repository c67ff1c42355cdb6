/* Copy the address of this view, and say it on the button. */
import { page } from "./address.js";

export async function share(button) {
  const said = button.textContent;
  try {
    await page().navigator.clipboard.writeText(page().location.href);
    button.textContent = "Adresse copiée";
  } catch {
    button.textContent = "Copiez l’adresse du navigateur";
  }
  setTimeout(() => (button.textContent = said), 2500);
}
