// @ts-check
// What the extension stores. Some values outlive the browser, in a database that neither web
// pages nor content scripts can open; others live in the browser's memory until it closes.
// Writes to one name arrive in order and are repeated until they succeed. It never looks into
// a value.

import { latestWriter } from "./writer.js";

/**
 * Makes one request to the database's only table. A write is done once its transaction is.
 * @template T
 * @param {IDBTransactionMode} mode @param {(table: IDBObjectStore) => IDBRequest<T>} ask
 * @returns {Promise<T>}
 */
async function request(mode, ask) {
  const opening = indexedDB.open("companion", 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore("pairing");
  const database = await done(opening);
  try {
    const transaction = database.transaction("pairing", mode);
    const complete = new Promise((resolve, reject) => {
      transaction.oncomplete = resolve;
      transaction.onabort = () => reject(transaction.error);
    });
    const [result] = await Promise.all([done(ask(transaction.objectStore("pairing"))), complete]);
    return result;
  } finally {
    database.close();
  }
}

/** @template T @param {IDBRequest<T>} asked @returns {Promise<T>} */
const done = (asked) =>
  new Promise((resolve, reject) => {
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });

/** @param {string} name */
const inDatabase = (name) => ({
  get: () => request("readonly", (table) => table.get(name)),
  ...latestWriter(name, (value) => request("readwrite", (table) => put(table, name, value))),
});

/** @param {IDBObjectStore} table @param {string} name @param {unknown} value */
const put = (table, name, value) =>
  /** @type {IDBRequest<unknown>} */ (value === undefined ? table.delete(name) : table.put(value, name));

/** @param {string} name */
const inMemory = (name) => ({
  get: async () => (await chrome.storage.session.get(name))[name],
  ...latestWriter(name, (value) =>
    value === undefined ? chrome.storage.session.remove(name) : chrome.storage.session.set({ [name]: value }),
  ),
});

const stored = {
  current: inDatabase("current"),
  lessons: inDatabase("lessons"),
  habits: inDatabase("habits"),
  session: inMemory("session"),
  glance: inMemory("glance"),
  crashes: inMemory("crashes"),
  excused: inMemory("excused"),
};

/** @typedef {keyof typeof stored} Name */

/** Stores a value, or removes it where it is undefined. @param {Name} name @param {unknown} value */
export const write = (name, value) => stored[name].set(value);

/** Resolves once the latest value was stored, or could not be for now. @param {Name} name */
export const settled = (name) => stored[name].settled();

/**
 * The value that was written last, even where it has not been stored yet.
 * @param {Name} name @returns {Promise<any>}
 */
export async function read(name) {
  const pending = stored[name].pending();
  return pending ? pending.value : stored[name].get();
}
