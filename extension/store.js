// @ts-check
// The extension's own database, which neither pages nor content scripts can open.

/**
 * One request on its only table.
 * @template T
 * @param {IDBTransactionMode} mode @param {(table: IDBObjectStore) => IDBRequest<T>} act @returns {Promise<T>}
 */
export async function kept(mode, act) {
  const opening = indexedDB.open("companion", 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore("pairing");
  const database = await done(opening);
  try {
    return await done(act(database.transaction("pairing", mode).objectStore("pairing")));
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
