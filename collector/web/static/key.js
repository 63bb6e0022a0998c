// One's own key on this device: the same one with which the phone's form signs readings by hand.

import { keepOwn, own } from "../field/outbox.js";
import { newKey } from "../field/signing.js";

const at = (id) => document.getElementById(id);
const { person, policy } = at("own").dataset;

function show(owner) {
  at("make").hidden = Boolean(owner);
  at("foreign").hidden = !owner || owner.person === person;
  at("kept").hidden = !owner || owner.person !== person;
  if (!owner) return;
  at("foreign").querySelector("strong").textContent = owner.person;
  at("public").textContent = owner.publicKey;
  at("known").hidden = owner.publicKey !== policy;
  at("unknown").hidden = owner.publicKey === policy;
}

async function make(event) {
  event.preventDefault();
  if (!(await own("owner"))) await keepOwn("owner", { person, ...(await newKey()) });
  await navigator.storage?.persist?.();
  show(await own("owner"));
}

const guarded = (work) => (event) =>
  work(event).catch((error) => {
    at("failed").hidden = false;
    at("failed").textContent = error.message;
  });

at("make").addEventListener("submit", guarded(make));
document.querySelector(".js").hidden = true;
guarded(async () => show(await own("owner")))();
