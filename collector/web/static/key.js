// One's own keys: the one of this device, with which the phone's form signs too, and those of other devices of one's own.

import { keepOwn, own } from "../field/outbox.js";
import { newKey, signed } from "../field/signing.js";

const DAY_MS = 86_400_000;
const at = (id) => document.getElementById(id);
const { person, policy, further } = at("own").dataset;

function show(owner) {
  const mine = owner?.person === person;
  const state = !mine ? "" : owner.publicKey === policy ? "known" : further.split(" ").includes(owner.publicKey) ? "further" : "unknown";
  at("make").hidden = Boolean(owner);
  at("foreign").hidden = !owner || mine;
  at("kept").hidden = !mine;
  for (const one of ["known", "further", "unknown"]) at(one).hidden = one !== state;
  at("foreign").querySelector("strong").textContent = owner?.person ?? "";
  at("public").textContent = owner?.publicKey ?? "";
  at("add").hidden = state !== "known";
  for (const form of document.querySelectorAll(".end")) form.hidden = !["known", "further"].includes(state);
}

async function make() {
  if (!(await own("owner"))) await keepOwn("owner", { person, ...(await newKey()) });
  await navigator.storage?.persist?.();
  show(await own("owner"));
}

/** Sign an act and send it; a demonstration has a clock of its own. */
async function send(kind, body) {
  const site = await (await fetch("field/site.json", { cache: "no-store" })).json();
  const nowMs = site.demo ? site.now_ms : Date.now();
  const { act } = await signed(await own("owner"), site.site, kind, body(nowMs), nowMs);
  const headers = { "Content-Type": "application/json" };
  const answer = await fetch("api/v1/acts", { method: "POST", headers, body: JSON.stringify(act) });
  if (answer.ok) location.reload();
  else at("answer").textContent = (await answer.json()).message;
}

const guarded = (work) => (event) => {
  event?.preventDefault();
  return work(event).catch((error) => {
    at("failed").hidden = false;
    at("failed").textContent = error.message;
  });
};

const added = (event) => {
  const form = new FormData(event.target);
  const until = (nowMs) => nowMs + DAY_MS * Number(form.get("days"));
  return send("device_key", (nowMs) => ({ public_key: form.get("public_key"), device: form.get("device"), until_ms: until(nowMs) }));
};
const ended = (event) => send("device_key_end", () => ({ public_key: event.target.dataset.key, reason: "" }));

at("make").addEventListener("submit", guarded(make));
at("add").addEventListener("submit", guarded(added));
for (const form of document.querySelectorAll(".end")) form.addEventListener("submit", guarded(ended));
document.querySelector(".js").hidden = true;
guarded(async () => show(await own("owner")))();
