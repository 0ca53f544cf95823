// @ts-check
// What the extension keeps: across restarts of the browser in a database of its own, which
// neither pages nor content scripts can open, and for as long as the browser runs in its
// memory. Writes to one name arrive in order, and are tried again until they are kept.

import { latest } from "./latest.js";

/**
 * One request on the database's only table. A write is done once its transaction is.
 * @template T
 * @param {IDBTransactionMode} mode @param {(table: IDBObjectStore) => IDBRequest<T>} act @returns {Promise<T>}
 */
async function kept(mode, act) {
  const opening = indexedDB.open("companion", 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore("pairing");
  const database = await done(opening);
  try {
    const transaction = database.transaction("pairing", mode);
    const complete = new Promise((resolve, reject) => {
      transaction.oncomplete = resolve;
      transaction.onabort = () => reject(transaction.error);
    });
    const [result] = await Promise.all([done(act(transaction.objectStore("pairing"))), complete]);
    return result;
  } finally {
    database.close();
  }
}

/** @template T @param {IDBRequest<T>} request @returns {Promise<T>} */
const done = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

/** @param {string} name */
const inDatabase = (name) => ({
  get: () => kept("readonly", (table) => table.get(name)),
  ...latest(name, (value) =>
    kept(
      "readwrite",
      (table) =>
        /** @type {IDBRequest<unknown>} */ (
          value === undefined ? table.delete(name) : table.put(value, name)
        ),
    ),
  ),
});

/** @param {string} name */
const inMemory = (name) => ({
  get: async () => (await chrome.storage.session.get(name))[name],
  ...latest(name, (value) =>
    value === undefined ? chrome.storage.session.remove(name) : chrome.storage.session.set({ [name]: value }),
  ),
});

const places = {
  current: inDatabase("current"),
  lessons: inDatabase("lessons"),
  habits: inDatabase("habits"),
  session: inMemory("session"),
  glance: inMemory("glance"),
  crashes: inMemory("crashes"),
  excused: inMemory("excused"),
};

/** Keeps a value, or forgets it where there is none. @param {keyof typeof places} name @param {unknown} value */
export const write = (name, value) => places[name].set(value);

/** The value that was written last, also where it is not kept yet. @param {keyof typeof places} name @returns {Promise<any>} */
export async function read(name) {
  const waiting = places[name].waiting();
  return waiting ? waiting.value : places[name].get();
}
