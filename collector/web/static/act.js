// Forms by which people act: the body is made, shown in words, signed with the key of this browser, posted.
// Signing and the key are those of the phone's form: one source, served from /field/.

import { photo } from "../field/form.js";
import { own } from "../field/outbox.js";
import { signed } from "../field/signing.js";
import { atSite, inWords, number } from "./values.js";

const about = document.getElementById("deeds").dataset;
const CLOCKS_DIFFER_MS = 600_000;
const offsetMs = Number(about.nowMs) - Date.now();
export const word = (name) => document.querySelector(`#deeds [data-word=${name}]`).textContent;
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

/** The clock of a demonstration is the collector's; a person's clock is the person's own. */
const now = () => Date.now() + (about.demo === "true" ? offsetMs : 0);

/** An element with properties and children; texts are texts, never markup. */
export function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

class Fault extends Error {}

const whole = (typed) => {
  if (!/^[+-]?\d+$/.test(typed)) throw new Fault(`${word("whole")} ${typed}`);
  return [Number(typed), typed];
};
const READ = {
  text: (typed) => [typed, typed],
  exact: (typed) => [typed, typed], // to the byte: its SHA-256 is what people approve
  int: whole,
  float: (typed, input) => {
    const value = number(typed);
    if (Number.isNaN(value)) throw new Fault(`${word("number")} ${typed}`);
    return [value, `${value} ${input.dataset.unit ?? ""}`.trim()];
  },
  ms: (typed) => {
    const value = atSite(typed, about.zone);
    if (Number.isNaN(value)) throw new Fault(`${word("notime")} ${typed}`);
    return [value, inWords(value, about.zone)];
  },
  json: (typed) => [JSON.parse(typed), typed],
  list: (typed) => {
    const value = typed.split("\n").map((one) => one.trim()).filter(Boolean);
    return [value, value.join(", ")];
  },
  sha256: (typed) => {
    if (!/^[0-9a-f]{64}$/.test(typed)) throw new Fault(`${word("nohash")} ${typed}`);
    return [typed, typed];
  },
};

const labelOf = (input) => input.dataset.label ?? input.closest("label").querySelector("span").firstChild.textContent.trim();

/** What an input says: [value, words], or null for nothing. */
async function said(input) {
  if (input.dataset.type === "photos") {
    const photos = await Promise.all([...input.files].map(photo));
    return photos.length ? [photos.map((one) => one.sha256), photos.map((one) => one.sha256.slice(0, 12)).join(", "), photos] : null;
  }
  if (input.dataset.type === "bool") return input.checked ? [true, word("yes")] : null;
  const typed = input.dataset.type === "exact" ? input.value : input.value.trim();
  if (!typed) return null;
  const [value, words] = READ[input.dataset.type ?? "text"](typed, input);
  return [value, input.tagName === "SELECT" ? input.selectedOptions[0].textContent : words];
}

export function fault(input, text) {
  const id = `fault-${input.name}-${[...document.querySelectorAll("[name]")].indexOf(input)}`;
  document.getElementById(id)?.remove();
  input.toggleAttribute("aria-invalid", Boolean(text));
  if (!text) return input.removeAttribute("aria-describedby");
  input.setAttribute("aria-invalid", "true");
  input.setAttribute("aria-describedby", id);
  input.closest(".field, td, label").append(make("span", { id, className: "fault" }, text));
}

/** The body of a form, each value in words, and photos; null when something is wrong, which then stands at its field. */
async function bodyOf(form) {
  const body = {}, rows = [], wrong = [];
  let photos = [];
  for (const input of form.querySelectorAll("[data-type]")) {
    fault(input, "");
    try {
      const found = await said(input);
      if (!found && input.required) throw new Fault(word("missing"));
      if (!found) continue;
      body[input.name] = found[0];
      rows.push([labelOf(input), found[1]]);
      photos = found[2] ?? photos;
    } catch (error) {
      fault(input, error.message);
      wrong.push(input);
    }
  }
  wrong[0]?.focus();
  return wrong.length ? null : { body, rows, photos };
}

/** Who signs in this browser, or why nobody does. */
async function signer() {
  const owner = (await own("owner").catch(() => null)) ?? null;
  const key = make("a", { href: `${about.up}${about.person ? "key" : "field/"}` }, word("keypage")); // open: the phone's form makes one
  if (!owner) return { owner: null, words: [make("span", {}, word("nokey")), " ", key] };
  if (about.person && about.person !== owner.person) return { owner: null, words: [`${word("other")} ${owner.person} `, key] };
  if (about.demo !== "true" && Math.abs(offsetMs) > CLOCKS_DIFFER_MS) return { owner: null, words: [word("clock")] };
  return { owner, words: [`${word("signer")} `, make("strong", {}, owner.person)] };
}

const part = (form, name) => form.querySelector(`.${name}`);

function answer(form, ...words) {
  part(form, "answer").replaceChildren(...words);
}

/** Make a form sign and send what it says. */
export async function wire(form) {
  const { owner, words } = await signer();
  part(form, "signer").replaceChildren(...words);
  for (const button of form.querySelectorAll("button[type=submit]")) button.disabled = !owner;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (owner) ask(form, owner);
  });
  form.dataset.ready = owner ? "yes" : "no";
}

/** Show what is about to be signed, every value as it was understood. */
async function ask(form, owner) {
  answer(form);
  const found = await bodyOf(form);
  if (!found) return;
  let act;
  try {
    act = await signed(owner, about.site, form.dataset.act, found.body, now());
  } catch (error) {
    return answer(form, `${word("cannot")} ${error.message}`);
  }
  const list = make("dl", { className: "about" });
  const rows = [[word("act"), `${form.dataset.title} (${form.dataset.act})`], [word("site"), about.site], ...found.rows];
  for (const [label, words] of rows) list.append(make("div", {}, make("dt", {}, label), make("dd", { className: words.includes("\n") ? "lines" : "" }, words)));
  const sign = make("button", { type: "button", className: "sign" }, `${word("sign")} ${owner.person}`);
  const back = make("button", { type: "button", className: "back" }, word("back"));
  const box = part(form, "confirm");
  sign.onclick = () => send(form, act, found.photos, sign);
  back.onclick = () => open(form, false);
  box.replaceChildren(make("p", {}, word("about")), list, make("div", { className: "row" }, sign, back));
  open(form, true);
  box.focus();
}

function open(form, asking) {
  part(form, "confirm").hidden = !asking;
  for (const one of form.querySelectorAll(".field, .row:not(.confirm .row), .signer")) one.hidden = asking;
}

export async function posted(path, options) {
  const headers = { "Content-Type": "application/json", ...(about.csrf ? { "X-Seepline-CSRF": about.csrf } : {}) };
  const found = await fetch(`${about.up}${path}`, { headers, ...options });
  const told = await found.json().catch(() => null);
  if (told === null || found.status >= 500) throw new Error(`status ${found.status}`);
  return { status: found.status, told };
}

async function send(form, { id, act }, photos, button) {
  button.disabled = true;
  answer(form, word("sending"));
  try {
    const { status, told } = await posted("api/v1/acts", { method: "POST", body: JSON.stringify(act) });
    if (told.id !== id) {
      open(form, false);
      return answer(form, make("strong", {}, word("refused")), ` ${told.message ?? status}`);
    }
    part(form, "confirm").hidden = true;
    form.dataset.done = id;
    answer(form, word(told.new ? "accepted" : "known"), " ", word("later"));
    await follow(form, id, told.new);
    await give(form, photos);
  } catch (error) {
    console.info("no answer:", error.message);
    answer(form, word("failed"));
    button.disabled = false;
  }
}

/** Wait until the act was judged, and tell what followed: an act may be accepted and have no effect. */
async function follow(form, id, isNew) {
  for (let tries = 0; tries < 100; tries += 1) {
    const { told } = await posted(`api/v1/acts/${id}`, { method: "GET" });
    if (told.judged) {
      const list = make("ul", {}, ...told.events.map((one) => make("li", {}, one.said)));
      const again = make("a", { href: location.pathname + location.search }, word("again"));
      const words = [word(isNew ? "accepted" : "known"), " "];
      answer(form, ...words, ...(told.events.length ? [word("followed"), list] : []), again);
      form.dataset.judged = id;
      return;
    }
    await pause(300);
  }
}

/** Photos go after their act; the collector takes those that an act names, once it has judged it. */
async function give(form, photos) {
  let given = 0;
  for (const one of photos) {
    const { status } = await posted(`api/v1/photos/${one.sha256}`, { method: "PUT", body: one.blob, headers: {} });
    given += status === 200 || status === 201 ? 1 : 0;
  }
  if (photos.length) part(form, "answer").append(make("p", {}, `${word("photos")} ${given}/${photos.length}`));
}

for (const form of document.querySelectorAll("form[data-act]")) wire(form);
