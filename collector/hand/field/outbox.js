// What this phone keeps: the person's key, the site as it was last seen, and signed acts until the collector has them.

const NAME = "seepline-field";

const wait = (request) =>
  new Promise((done, failed) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
  });

async function opened() {
  const request = indexedDB.open(NAME, 1);
  request.onupgradeneeded = () => {
    request.result.createObjectStore("own");
    request.result.createObjectStore("acts", { keyPath: "id" });
  };
  return wait(request);
}

async function within(store, mode, work) {
  const database = await opened();
  try {
    const transaction = database.transaction(store, mode);
    const written = new Promise((done, failed) => {
      transaction.oncomplete = done;
      transaction.onerror = transaction.onabort = () => failed(transaction.error);
    });
    const result = await work(transaction.objectStore(store));
    await written;
    return result;
  } finally {
    database.close();
  }
}

export const own = (name) => within("own", "readonly", (store) => wait(store.get(name)));
export const keepOwn = (name, value) => within("own", "readwrite", (store) => wait(store.put(value, name)));
export const keep = (entry) => within("acts", "readwrite", (store) => wait(store.put(entry)));
export const forget = (id) => within("acts", "readwrite", (store) => wait(store.delete(id)));
export const kept = async () =>
  (await within("acts", "readonly", (store) => wait(store.getAll()))).sort((one, other) => other.madeMs - one.madeMs);

/** Send what waits, oldest first. A refusal stays with its sentence; what could not be sent waits, and holds up no other. */
export async function send() {
  let failed = null;
  for (const entry of (await kept()).reverse()) {
    try {
      if (entry.state === "waiting") await post(entry);
      if (entry.state === "photos") await putPhotos(entry);
    } catch (error) {
      failed = error;
    }
  }
  if (failed) throw failed;
}

/** What the collector itself answers. A page in its place, such as the sign-in of a Wi-Fi, is no answer. */
async function answered(path, options) {
  const answer = await fetch(path, options);
  const said = await answer.json().catch(() => null);
  if (said === null || answer.status >= 500) throw new Error(`status ${answer.status}`);
  return { answer, said };
}

async function post(entry) {
  const { answer, said } = await answered("../api/v1/acts", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(entry.act),
  });
  if (answer.ok && said.id === entry.id) [entry.state, entry.said] = [entry.photos.length ? "photos" : "sent", ""];
  else if ([400, 403, 413].includes(answer.status) && said.message) [entry.state, entry.said] = ["refused", said.message];
  else throw new Error(`status ${answer.status}`);
  await keep(entry);
}

/** A photo is taken once the collector has judged its act: 404 means to come again. */
async function putPhotos(entry) {
  const left = [];
  for (const photo of entry.photos) {
    const { answer, said } = await answered(`../api/v1/photos/${photo.sha256}`, { method: "PUT", body: photo.blob });
    if ([400, 413].includes(answer.status) && said.message) entry.said = said.message;
    else if (!answer.ok || said.sha256 !== photo.sha256) left.push(photo);
  }
  entry.photos = left;
  entry.state = left.length ? "photos" : "sent";
  await keep(entry);
}
