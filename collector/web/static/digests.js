// A set that somebody is asked to approve: the SHA-256 of its text is computed here, from the text that can be read.

import { sha256 } from "../field/signing.js";

const up = document.getElementById("deeds").dataset.up;

async function compare(spot) {
  const answer = await fetch(`${up}api/v1/sets/${encodeURIComponent(spot.dataset.set)}`, { cache: "no-store" });
  const good = answer.ok && (await sha256(await answer.arrayBuffer())) === spot.dataset.digest;
  spot.textContent = good ? spot.dataset.good : spot.dataset.bad;
  spot.classList.toggle("fault", !good);
}

for (const spot of document.querySelectorAll("[data-digest][data-set]")) compare(spot);
