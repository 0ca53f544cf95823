// A browser's API for extensions, for tests: messages from the real locales, and storage that can
// be made to fail.

import { readFileSync } from "node:fs";

/** @param {string} language of the interface */
export function fakeI18n(language) {
  const messages = JSON.parse(
    readFileSync(new URL(`../_locales/${language}/messages.json`, import.meta.url), "utf8"),
  );
  return {
    getUILanguage: () => language,
    getMessage(key, args = []) {
      if (key === "@@bidi_dir") return language === "ar" ? "rtl" : "ltr";
      const text = messages[key]?.message ?? "";
      return text.replace(/\$(\d)/g, (_, n) => [args].flat()[n - 1] ?? "");
    },
  };
}

/** The session storage: items, what was written in order, and how many of the next writes fail. */
export function fakeSession() {
  const session = {
    items: {},
    writes: [],
    failures: 0,
    async get(name) {
      return name in session.items ? { [name]: session.items[name] } : {};
    },
    async set(items) {
      session.writes.push(items);
      if (session.failures-- > 0) throw new TypeError("refused");
      Object.assign(session.items, items);
    },
    async remove(name) {
      session.writes.push({ [name]: undefined });
      delete session.items[name];
    },
  };
  return session;
}

/** A database of one table: what it holds, and how many of the next transactions are aborted. */
export function fakeDatabase() {
  const database = { rows: new Map(), aborts: 0, open: () => request(() => connection) };
  const connection = { createObjectStore() {}, close() {}, transaction };

  /** A request, which succeeds with a result once its listeners are there. */
  function request(act) {
    const asked = {};
    queueMicrotask(() => {
      asked.result = act();
      asked.onupgradeneeded?.();
      asked.onsuccess?.();
    });
    return asked;
  }

  function transaction() {
    const changes = [];
    const running = {
      objectStore: () => ({
        get: (name) => request(() => database.rows.get(name)),
        put: (value, name) => request(() => changes.push(() => database.rows.set(name, value))),
        delete: (name) => request(() => changes.push(() => database.rows.delete(name))),
      }),
    };
    setImmediate(() => {
      if (database.aborts-- > 0) {
        running.error = new DOMException("no room", "QuotaExceededError");
        return running.onabort();
      }
      for (const change of changes) change();
      running.oncomplete();
    });
    return running;
  }
  return database;
}

/** Lets everything that is ready happen. */
export async function settle() {
  for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve));
}
