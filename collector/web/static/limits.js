// The form of a set of limits: checked, compared and replayed by the collector before anybody signs. It stores nothing.

import { fault, make, posted } from "./act.js";
import { sha256 } from "../field/signing.js";
import { atSite, inWords } from "./values.js";

const about = document.getElementById("deeds").dataset;
const at = (id) => document.getElementById(id);
const word = (name) => document.querySelector(`#limit-words [data-word=${name}]`).textContent;
const inputs = (entry) => [...entry.querySelectorAll("[data-key]")];

/** What an input says: a date at the site becomes UTC, everything else stays as it was typed. */
function typed(input) {
  if (input.dataset.form !== "date" || !input.value) return input.value;
  const ms = atSite(input.value, about.zone);
  return Number.isNaN(ms) ? input.value : new Date(ms).toISOString().replace(/\.\d+Z$/, "Z");
}

/** The draft as the collector reads it, and each input by its place. */
function draft() {
  const tables = {}, places = new Map();
  for (const section of document.querySelectorAll("#draft [data-table]")) {
    const table = section.dataset.table;
    const entries = section.hasAttribute("data-list") ? [...section.querySelectorAll("[data-entry]")] : [section];
    const read = entries.map((entry, index) => {
      const place = section.hasAttribute("data-list") ? `${table}[${index + 1}]` : table;
      for (const input of inputs(entry)) places.set(`${place}.${input.dataset.key}`, input);
      return Object.fromEntries(inputs(entry).filter((one) => one.value.trim()).map((one) => [one.dataset.key, typed(one)]));
    });
    tables[table] = section.hasAttribute("data-list") ? read : read[0];
  }
  return { tables, places };
}

/** The input that a problem is about: its own, or the nearest one above its place. */
function nearest(places, place) {
  for (let name = place; name; name = name.replace(/[.[][^.[]*$/, "")) {
    if (places.has(name)) return places.get(name);
    const below = [...places.keys()].find((one) => one.startsWith(`${name}.`));
    if (below) return places.get(below);
    if (!/[.[]/.test(name)) break;
  }
  return null;
}

function tellProblems(problems, places) {
  for (const input of places.values()) fault(input, "");
  const list = make("ul");
  for (const one of problems) {
    const text = `${word("found")} ${one.found}; ${word("expected")} ${one.expected}`;
    const input = nearest(places, one.place);
    const link = make("button", { type: "button", className: "plain" }, one.place);
    if (input) {
      fault(input, `${one.place}: ${text}`);
      link.onclick = () => show(input);
    }
    list.append(make("li", {}, link, ` ${text}`));
  }
  at("wrong").replaceChildren(...(problems.length ? [make("p", {}, word("wrong")), list] : []));
  if (problems.length) at("wrong").scrollIntoView();
}

function show(input) {
  for (let one = input.closest("details"); one; one = one.parentElement.closest("details")) one.open = true;
  input.focus();
}

/** Beside each number and date: what it was understood as. */
function echo(understood, places) {
  for (const [place, input] of places) {
    const spot = input.closest("td, .field")?.querySelector(".echo");
    const value = understood[place];
    const shows = value && ["number", "whole", "date"].includes(input.dataset.form);
    const words = input.dataset.form === "date" && value ? inWords(Date.parse(value), about.zone) : `${value} ${input.dataset.unit ?? ""}`;
    if (spot) spot.textContent = shows ? `${word("understood")} ${words.trim()}` : "";
  }
}

function tellDifference(told) {
  const rows = told.changes.map((one) => {
    const row = make("tr", { className: one.verdict }, make("td", {}, one.where), make("td", { className: "number" }, one.before || "–"), make("td", { className: "number" }, one.after || "–"), make("td", {}, one.words));
    row.dataset.verdict = one.verdict;
    for (const [index, head] of [...at("changes").tHead.rows[0].cells].entries()) row.cells[index].dataset.name = head.textContent;
    return row;
  });
  at("changes").tBodies[0].replaceChildren(...rows);
  at("does").textContent = told.changes.length ? told.does : word("same");
  at("needs").textContent = told.needs.length ? `${word("needs")} ${told.needs.join("; ")}.` : "";
  at("false-alarms").textContent = told.false_alarms.length ? `${word("chance")} ${told.false_alarms.join("; ")}` : "";
}

async function tellText(toml, digest) {
  at("toml").textContent = toml;
  at("digest").textContent = digest;
  const bytes = new TextEncoder().encode(toml);
  if ((await sha256(bytes)) !== digest) throw new Error("the text and its SHA-256 differ");
  const id = at("draft").querySelector("[data-table=set] [data-key=id]").value.trim();
  at("download").href = URL.createObjectURL(new Blob([bytes], { type: "application/toml" }));
  at("download").download = `${id}.toml`;
  document.querySelector("form[data-act=set_submit] [name=toml]").value = toml;
}

/** The replay's own page, its parts put here: it is made by the collector, with every text escaped. */
async function replay(toml) {
  at("replay").replaceChildren(make("p", { className: "notice" }, word("replaying")));
  const days = at("days").value.trim();
  const answer = await fetch(`${about.up}replay?days=${encodeURIComponent(days)}&lang=${about.language}`, { method: "POST", body: toml, headers: about.csrf ? { "X-Seepline-CSRF": about.csrf } : {} });
  const text = await answer.text();
  if (!answer.ok) return at("replay").replaceChildren(make("p", { className: "notice" }, text));
  const page = new DOMParser().parseFromString(text, "text/html");
  at("replay").replaceChildren(...page.querySelectorAll("main > section"));
  at("replay").dataset.done = "yes";
}

async function check(event) {
  event.preventDefault();
  at("checked").hidden = true;
  const { tables, places } = draft();
  const { status, told } = await posted(`api/v1/sets/draft?lang=${about.language}`, { method: "POST", body: JSON.stringify({ draft: tables }) });
  if (status !== 200) return at("wrong").replaceChildren(make("p", {}, told.message ?? `status ${status}`));
  tellProblems(told.problems, places);
  echo(told.understood, places);
  if (told.problems.length) return;
  tellDifference(told);
  await tellText(told.toml, told.digest);
  at("checked").hidden = false;
  at("checked").focus();
  await replay(told.toml);
}

/** What was checked is not what stands there any more. */
const stale = () => (at("checked").hidden = true);

at("draft").addEventListener("submit", (event) => check(event).catch((error) => at("wrong").replaceChildren(make("p", {}, error.message))));
at("draft").addEventListener("input", stale);
at("draft").addEventListener("click", ({ target }) => {
  const section = target.closest("[data-list]");
  if (target.classList.contains("add")) section.querySelector("table").append(section.querySelector("template").content.cloneNode(true));
  if (target.classList.contains("take")) target.closest("[data-entry]").remove();
  if (target.matches(".add, .take")) stale();
});
