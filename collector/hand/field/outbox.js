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

/** Send what waits, oldest first. A refusal stays with its sentence; no network leaves everything as it is. */
export async function send() {
  for (const entry of (await kept()).reverse()) {
    if (entry.state === "waiting") await post(entry);
    if (entry.state === "photos") await putPhotos(entry);
  }
}

async function post(entry) {
  const answer = await fetch("../api/v1/acts", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(entry.act),
  });
  if (answer.ok) entry.state = entry.photos.length ? "photos" : "sent";
  else if (answer.status < 500) [entry.state, entry.said] = ["refused", (await answer.json()).message];
  else throw new Error(`status ${answer.status}`);
  await keep(entry);
}

/** A photo is taken once the collector has judged its act: 404 means to come again. */
async function putPhotos(entry) {
  const left = [];
  for (const photo of entry.photos) {
    const answer = await fetch(`../api/v1/photos/${photo.sha256}`, { method: "PUT", body: photo.blob });
    if (answer.status === 404 || answer.status >= 500) left.push(photo);
    else if (!answer.ok) entry.said = (await answer.json()).message;
  }
  entry.photos = left;
  entry.state = left.length ? "photos" : "sent";
  await keep(entry);
}
