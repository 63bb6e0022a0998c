// A form for one task, and the body of the act that it makes.

import { sha256 } from "./signing.js";
import { _ } from "./words.js";

/** An element with properties and children; texts are texts, never markup. */
export function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children.filter((one) => one !== null));
  return element;
}

const pad = (number) => String(number).padStart(2, "0");

/** A time as <input type=datetime-local> has it: in this phone's zone. */
export function localTime(ms) {
  const at = new Date(ms);
  return `${at.getFullYear()}-${pad(at.getMonth() + 1)}-${pad(at.getDate())}T${pad(at.getHours())}:${pad(at.getMinutes())}`;
}

const labelled = (words, input) => make("label", {}, words, input);
const timeInput = (name, ms) => make("input", { type: "datetime-local", name, value: localTime(ms), required: true });

/** A second touch takes a choice back: nobody is held to "dry" by a slip of the thumb. */
function choice(name, words, options) {
  let chosen = null;
  const onclick = ({ target }) => {
    if (target === chosen) target.checked = false;
    chosen = target.checked ? target : null;
  };
  const radios = options.map((one) => make("label", {}, make("input", { type: "radio", name, value: one, onclick }), ` ${_(one)}`));
  return make("fieldset", {}, make("legend", {}, words), ...radios);
}

function fieldInput(field) {
  if (field.choices.length) return choice(field.name, _(field.label), field.choices);
  const words = `${_(field.label)}, ${field.unit}${field.many > 1 ? ` (${_("several, with spaces between")})` : ""}`;
  return labelled(words, make("input", { name: field.name, inputMode: "decimal", autocomplete: "off" }));
}

function inclinometerInputs() {
  return [
    labelled(_("Serial number of the probe"), make("input", { name: "probe", required: true })),
    labelled(_("File of the survey"), make("input", { type: "file", name: "file", accept: ".csv,.txt", required: true })),
  ];
}

function itemInputs(item, answers) {
  const note = make("input", { name: `note ${item.id}`, placeholder: _("what was seen"), ariaLabel: item.question });
  return make("div", {}, choice(`answer ${item.id}`, item.question, answers), note);
}

/** The inputs of a task. */
export function inputs(task, site, nowMs) {
  const photos = make("input", { type: "file", name: "photos", accept: "image/*", multiple: true });
  const shared = [
    labelled(_("Note"), make("textarea", { name: "note", rows: 2 })),
    labelled(`${_("Photos")} (${_("at most")} ${site.most_photos})`, photos),
  ];
  if (task.kind === "round") {
    const items = task.items.map((item) => itemInputs(item, site.answers));
    return [labelled(_("Begun at"), timeInput("begun", nowMs)), ...items, labelled(`${_("Ended at")} (${_("empty: now")})`, make("input", { type: "datetime-local", name: "ended" })), ...shared];
  }
  const own = task.method === "inclinometer" ? inclinometerInputs() : task.fields.map(fieldInput);
  if (task.method === "survey_mark") {
    own.unshift(labelled(_("Serial number of the survey instrument"), make("input", { name: "instrument", required: true })));
  }
  return [labelled(_("Taken at"), timeInput("taken", nowMs)), ...own, ...shared];
}

/** The number that a person typed: a decimal comma is understood; at most 4 decimals, a tenth of a millimetre. */
export function typed(text) {
  const found = /^[+-]?\d{1,9}([.,]\d{1,4})?$/.exec(text.trim());
  if (!found) throw new Error(`${_("not a number")}: ${text}`);
  return Number(text.trim().replace(",", "."));
}

function value(field, text) {
  if (field.choices.length) return text;
  return field.many > 1 ? text.trim().split(/\s+/).map(typed) : typed(text);
}

function values(task, data) {
  const given = task.fields.filter((field) => (data.get(field.name) ?? "").trim());
  const written = Object.fromEntries(given.map((field) => [field.name, value(field, data.get(field.name))]));
  checkWritten(task, written);
  return written;
}

/** What the collector would refuse, told while the person still stands at the pipe. The collector checks all the same. */
function checkWritten(task, written) {
  for (const field of task.fields) {
    const numbers = field.choices.length || !(field.name in written) ? [] : [written[field.name]].flat();
    if (numbers.some((one) => one < field.low || one > field.high) || numbers.length > field.many) {
      throw new Error(`${_(field.label)}: ${field.expected}`);
    }
    if (!field.optional && !field.group && !(field.name in written)) throw new Error(`${_(field.label)}: ${_("is missing")}`);
  }
  for (const group of new Set(task.fields.map((field) => field.group).filter(Boolean))) {
    const fields = task.fields.filter((field) => field.group === group);
    if (fields.filter((field) => field.name in written).length !== 1) {
      throw new Error(`${_("exactly one of")}: ${fields.map((field) => _(field.label)).join(", ")}`);
    }
  }
}

const timeOf = (data, name) => new Date(data.get(name)).getTime();

function roundBody(task, data, nowMs) {
  const body = { round: task.round, begun_ms: timeOf(data, "begun"), ended_ms: data.get("ended") ? timeOf(data, "ended") : nowMs, answers: {}, notes: {} };
  for (const item of task.items) {
    if (data.get(`answer ${item.id}`)) body.answers[item.id] = data.get(`answer ${item.id}`);
    if (data.get(`note ${item.id}`).trim()) body.notes[item.id] = data.get(`note ${item.id}`).trim();
    if (!body.answers[item.id]) throw new Error(`${item.question} ${_("is missing")}`);
    if (body.answers[item.id] !== "as usual" && !body.notes[item.id]) throw new Error(`${item.question} ${_("say what was seen")}`);
  }
  return ["round", body];
}

async function readingBody(task, data) {
  const taken = { taken_ms: timeOf(data, "taken") };
  if (task.method === "inclinometer") {
    return ["inclinometer_survey", { ...taken, point: task.point, probe: data.get("probe"), file: await data.get("file").text() }];
  }
  const written = values(task, data);
  if (task.method === "survey_mark") {
    return ["survey", { ...taken, instrument: data.get("instrument").trim(), marks: { [task.point]: written } }];
  }
  return ["hand_reading", { ...taken, point: task.point, method: task.method, values: written }];
}

/** The kind and body of the act that a filled form is, and its photos. */
export async function filled(task, site, data, corrects, nowMs) {
  const [kind, body] = task.kind === "round" ? roundBody(task, data, nowMs) : await readingBody(task, data);
  const photos = await Promise.all(data.getAll("photos").filter((one) => one.size).slice(0, site.most_photos).map(photo));
  for (const one of photos) if (one.blob.size > site.most_photo_bytes) throw new Error(_("A photo is too large."));
  if (data.get("note").trim()) body.note = data.get("note").trim();
  if (photos.length) body.photos = Object.fromEntries(photos.map((one) => [one.sha256, one.blob.size]));
  if (corrects) body.corrects = corrects;
  if (corrects && !body.note) throw new Error(_("Say in the note why."));
  return [kind, body, photos];
}

/** A photo made small: the longer side at most 2000 pixels, JPEG, without what the camera says beside it. */
export async function photo(file) {
  const picture = await createImageBitmap(file);
  const scale = Math.min(1, 2000 / Math.max(picture.width, picture.height));
  const canvas = make("canvas", { width: Math.round(picture.width * scale), height: Math.round(picture.height * scale) });
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.85));
  return { sha256: await sha256(await blob.arrayBuffer()), blob };
}
