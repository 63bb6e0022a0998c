// The page: who reads, what is to be read, what this phone keeps. Everything works without a network but sending.

import { filled, inputs, make } from "./form.js";
import { keep, keepOwn, kept, own, send, forget } from "./outbox.js";
import { newKey, signed } from "./signing.js";
import { _, language } from "./words.js";

const at = (id) => document.getElementById(id);
const STATES = { waiting: "waits for the network", photos: "sent; photos follow", sent: "sent", refused: "refused" };
const CLOCKS_DIFFER_MS = 600_000;
let site = null;
let offsetMs = 0; // of a demonstration's clock; a real phone's clock is its own
let sending = false;

const now = () => Date.now() + offsetMs;
const shownTime = (ms) => new Date(ms).toLocaleString(language, { dateStyle: "short", timeStyle: "short" });

async function loadSite() {
  try {
    const answer = await fetch("site.json", { cache: "no-store" });
    if (answer.ok) await keepOwn("site", { ...(await answer.json()), seenMs: Date.now() });
  } catch (error) {
    if (!(error instanceof TypeError)) throw error; // no network: the site as it was last seen
  }
  site = (await own("site")) ?? null;
  if (site?.demo) offsetMs = site.now_ms - site.seenMs;
}

function notices(owner) {
  const told = [];
  if (!site) told.push(_("This phone has not seen the site yet: open this page once with a network."));
  if (site && !site.demo && Math.abs(site.now_ms - site.seenMs) > CLOCKS_DIFFER_MS) {
    told.push(_("The clock of this phone differs from the collector's by more than ten minutes: set it right."));
  }
  if (site?.demo) told.push(_("Demonstration site."));
  at("notices").replaceChildren(...told.map((words) => make("p", { className: "notice" }, words)));
  at("title").textContent = site ? site.title : "Seepline";
  at("status").textContent = `${owner ? owner.person : _("nobody")} · ${navigator.onLine ? _("online") : _("offline")}`;
}

async function enrol(event) {
  event.preventDefault();
  const person = new FormData(event.target).get("person").trim();
  if (/^[A-Za-z0-9._-]+$/.test(person)) await keepOwn("owner", { person, ...(await newKey()) });
  await navigator.storage?.persist?.();
  await show();
}

function who(owner) {
  if (owner) {
    const words = _("Your public key, for the policy file:");
    const about = make("details", {}, make("summary", {}, `${_("You are")} ${owner.person}`), make("p", {}, words), make("code", { id: "key" }, owner.publicKey));
    return [about];
  }
  const input = make("input", { name: "person", required: true, pattern: "[A-Za-z0-9._\\-]+", autocomplete: "off" });
  const form = make("form", { id: "enrol", onsubmit: enrol }, make("h2", {}, _("Who are you?")));
  form.append(make("label", {}, _("Your id in the policy file"), input));
  form.append(make("button", { className: "main" }, _("Make my key on this phone")));
  return [form];
}

function taskButton(task) {
  const last = task.last_ms ? `${_("last")} ${shownTime(task.last_ms)}` : _("never done");
  const overdue = task.overdue ? make("span", { className: "overdue" }, ` ${_("overdue")}`) : null;
  const button = make("button", { className: "task", onclick: () => open(task) }, make("strong", {}, task.title), `${task.kind === "round" ? _("round") : _(task.meaning)}: ${last}`, overdue);
  button.dataset.name = task.name;
  return button;
}

function open(task, corrects = "") {
  const form = make("form", { onsubmit: (event) => submit(event, task, corrects) }, make("h2", {}, task.title));
  if (corrects) form.append(make("p", { className: "notice" }, _("This takes the place of what was sent. Say in the note why.")));
  form.append(...inputs(task, site, now()), make("p", { id: "problem", role: "alert" }));
  const back = make("button", { type: "button", onclick: close }, _("Back"));
  form.append(make("div", { className: "row" }, back, make("button", { className: "main" }, _("Sign and keep"))));
  at("form").replaceChildren(form);
  at("form").hidden = false;
  at("tasks").hidden = at("kept").hidden = true;
}

function close() {
  at("form").hidden = true;
  at("tasks").hidden = at("kept").hidden = false;
}

async function submit(event, task, corrects) {
  event.preventDefault();
  try {
    const [kind, body, photos] = await filled(task, site, new FormData(event.target), corrects, now());
    const { id, act } = await signed(await own("owner"), site.site, kind, body, now());
    await keep({ id, act, photos, title: task.title, task: task.name, madeMs: Date.now(), state: "waiting", said: "" });
  } catch (error) {
    at("problem").className = "problem";
    at("problem").textContent = error.message;
    return;
  }
  close();
  await show();
  await sync();
}

function keptItem(entry) {
  const item = make("li", {}, `${shownTime(entry.madeMs)} ${entry.title}: `, make("strong", {}, _(STATES[entry.state])));
  item.dataset.state = entry.state;
  item.dataset.act = entry.id;
  if (entry.said) item.append(make("p", { className: "problem" }, entry.said));
  const task = site?.tasks.find((one) => one.name === entry.task);
  if (entry.state === "sent" && task?.kind === "reading") {
    item.append(" ", make("button", { onclick: () => open(task, entry.id) }, _("Correct")));
  }
  if (entry.state === "refused") item.append(make("button", { onclick: () => again(entry) }, _("Send again")), " ");
  if (entry.state === "refused") item.append(make("button", { onclick: () => forget(entry.id).then(show) }, _("Take off the list")));
  return item;
}

/** What was refused for a cause that is gone, such as a key that the policy did not know yet, is sent as it was signed. */
async function again(entry) {
  await keep({ ...entry, state: "waiting", said: "" });
  await sync();
}

async function show() {
  const [owner, entries] = [await own("owner"), await kept()];
  notices(owner);
  if (owner || !at("enrol")) at("who").replaceChildren(...who(owner)); // an id that is being typed stays
  const ready = owner && site;
  at("tasks").replaceChildren(...(ready ? [make("h2", {}, _("What is to be read")), ...site.tasks.map(taskButton)] : []));
  at("kept").replaceChildren(...(entries.length ? [make("h2", {}, _("On this phone")), make("ul", {}, ...entries.slice(0, 50).map(keptItem))] : []));
}

async function sync() {
  if (sending) return;
  sending = true;
  try {
    await send();
    await loadSite();
  } catch (error) {
    console.info("not sent now:", error.message);
  } finally {
    sending = false;
  }
  await show();
}

async function start() {
  document.documentElement.lang = language;
  if ("serviceWorker" in navigator) await navigator.serviceWorker.register("worker.js", { scope: "./" });
  await loadSite();
  await show();
  addEventListener("online", sync);
  addEventListener("offline", () => show());
  setInterval(async () => (await kept()).some((one) => ["waiting", "photos"].includes(one.state)) && sync(), 5000);
  await sync();
}

start();
