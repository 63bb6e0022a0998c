// Files that the collector looks at before anybody signs: a calibration sheet, a corrected SITE.toml. It keeps nothing.
// Its answers are pages; their parts are put here. A preview is looked at again until it is at its end.

import { make, wire } from "./act.js";
import { sha256 } from "../field/signing.js";

const about = document.getElementById("deeds").dataset;
const word = (name) => document.querySelector(`#sent-words [data-word=${name}]`).textContent;
const LOOK_AGAIN_MS = 1500;
let last = null; // the file that was sent last: what is previewed and signed is what was checked, to the byte

const wait = (ms) => new Promise((done) => setTimeout(done, ms));
const notice = (text) => make("section", { className: "notices" }, ...text.split("\n").map((line) => make("p", {}, line)));

/** The sections of an answer: of a page its own, of a sentence a notice. */
async function parts(answer) {
  const text = await answer.text();
  const type = answer.headers.get("Content-Type") ?? "";
  if (type.startsWith("text/html")) return [...new DOMParser().parseFromString(text, "text/html").querySelectorAll("main > section, main > div > section")];
  return [notice(type.startsWith("application/json") ? JSON.parse(text).message : text)];
}

async function put(place, answer) {
  place.replaceChildren(...(await parts(answer)));
  place.dataset.status = answer.status;
  for (const form of place.querySelectorAll("form[data-send]")) listen(form);
  for (const form of place.querySelectorAll("form[data-act]")) await sign(form);
  if (place.querySelector("[data-runs]")) await again(place, answer.url);
}

/** What is signed is the file itself: the collector says which one it has checked. */
async function sign(form) {
  const exact = form.querySelector("[data-type=exact]");
  if (exact) {
    const bytes = new Uint8Array(await last.arrayBuffer());
    const checked = form.closest("[data-digest]").dataset.digest;
    if ((await sha256(bytes)) !== checked) throw new Error("the file was changed since it was checked");
    exact.value = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  }
  await wire(form);
}

async function again(place, url) {
  await wait(LOOK_AGAIN_MS);
  await put(place, await fetch(url, { cache: "no-store" }));
}

function target(form) {
  const query = new URLSearchParams({ lang: about.language });
  for (const input of form.querySelectorAll("[data-query]")) if (input.value) query.set(input.name, input.value);
  return `${about.up}${form.dataset.send}?${query}`;
}

async function send(form) {
  const place = document.getElementById(form.dataset.into);
  const chosen = form.querySelector("input[type=file]");
  if (chosen) last = chosen.files[0] ?? null;
  if (!last) return place.replaceChildren(notice(word("nofile")));
  if (last.size > Number(form.dataset.most)) return place.replaceChildren(notice(`${word("large")} ${form.dataset.most}`));
  place.replaceChildren(notice(word("sending")));
  const headers = { "Content-Type": "application/octet-stream", "X-Seepline-CSRF": about.csrf };
  await put(place, await fetch(target(form), { method: "POST", body: last, headers }));
  place.focus();
}

function listen(form) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const place = document.getElementById(form.dataset.into);
    const button = form.querySelector("button");
    button.disabled = true;
    send(form)
      .catch((error) => place.replaceChildren(notice(`${word("failed")} ${error.message}`)))
      .finally(() => (button.disabled = false));
  });
  form.dataset.ready = "yes";
}

for (const form of document.querySelectorAll("form[data-send]")) listen(form);
const running = document.querySelector("[data-runs]");
if (running) again(running.closest("main > div"), location.href).catch(() => location.reload());
