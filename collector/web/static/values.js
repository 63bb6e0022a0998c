// What people type, as values and in words: numbers with a decimal comma, times at the site.

/** A number as people type it: a decimal comma or point, no exponent, no thousands. NaN for anything else. */
export function number(typed) {
  const plain = typed.trim().replace("−", "-");
  return /^[+-]?\d+([.,]\d+)?$/.test(plain) ? Number(plain.replace(",", ".")) : NaN;
}

const parts = (ms, zone) => {
  const format = new Intl.DateTimeFormat("en-CA", { timeZone: zone, hourCycle: "h23", year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit" });
  return Object.fromEntries(format.formatToParts(new Date(ms)).map((one) => [one.type, one.value]));
};

/** A time as the clock of the site shows it, "2026-11-26T14:30". */
export function wall(ms, zone) {
  const at = parts(ms, zone);
  return `${at.year}-${at.month}-${at.day}T${at.hour}:${at.minute}`;
}

/** UTC milliseconds of a time of the site's clock; NaN for one that its clock never shows. */
export function atSite(local, zone) {
  const asUtc = Date.parse(`${local}${local.length === 16 ? ":00" : ""}Z`);
  if (Number.isNaN(asUtc)) return NaN;
  const shift = (ms) => Date.parse(`${wall(ms, zone)}:00Z`) - Math.floor(ms / 60000) * 60000;
  const found = asUtc - shift(asUtc - shift(asUtc));
  return wall(found, zone) === local.slice(0, 16) ? found : NaN;
}

/** A time in words: the site's clock and UTC. */
export const inWords = (ms, zone) => `${wall(ms, zone).replace("T", " ")} (${zone}) = ${new Date(ms).toISOString().slice(0, 16).replace("T", " ")} UTC`;
