// A person's key in this browser, and the bytes that it signs: those of seepline/acts/document.py, to the byte.

const FORMAT = "seepline-act-1\n";

export const hex = (bytes) => [...new Uint8Array(bytes)].map((one) => one.toString(16).padStart(2, "0")).join("");

export const sha256 = async (bytes) => hex(await crypto.subtle.digest("SHA-256", bytes));

/** The one JSON form of a value: keys sorted, no spaces, ASCII. */
export function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value !== null && typeof value === "object") {
    return `{${Object.keys(value).sort().map((key) => `${text(key)}:${canonical(value[key])}`).join(",")}}`;
  }
  return typeof value === "string" ? text(value) : number(value);
}

const text = (value) =>
  JSON.stringify(value).replace(/[^\x20-\x7e]/g, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`);

/** Python writes very small and very large numbers in another way: such a number is not signed here at all. */
function number(value) {
  const size = Math.abs(value);
  if (typeof value === "number" && !(value === 0 || (size >= 1e-4 && size < 1e15))) {
    throw new Error(`${value} cannot be signed here`);
  }
  return JSON.stringify(Object.is(value, -0) ? 0 : value);
}

/** A key that the browser keeps and never gives away. */
export async function newKey() {
  const pair = await crypto.subtle.generateKey({ name: "Ed25519" }, false, ["sign", "verify"]);
  return { privateKey: pair.privateKey, publicKey: hex(await crypto.subtle.exportKey("raw", pair.publicKey)) };
}

/** An act as it is posted, and its id. */
export async function signed(owner, site, kind, body, atMs) {
  const signedAt = new Date(atMs).toISOString().replace(/\.\d+Z$/, "Z");
  const act = { body, kind, person: owner.person, signed_at: signedAt, site };
  const statement = new TextEncoder().encode(FORMAT + canonical(act));
  const signature = hex(await crypto.subtle.sign({ name: "Ed25519" }, owner.privateKey, statement));
  return { id: await sha256(statement), act: { ...act, signature } };
}
