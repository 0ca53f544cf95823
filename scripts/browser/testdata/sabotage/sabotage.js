// A browser in which some calls fail and others take long, before the worker's own code.

const replace = (object, name, make) => {
  const real = object[name];
  Object.defineProperty(object, name, {
    value: make(typeof real === "function" ? real.bind(object) : real),
    configurable: true,
    writable: true,
  });
};
const fail = (times) => () => {
  if (times-- > 0) throw new TypeError("sabotaged");
};
const later = (after) => new Promise((resolve) => setTimeout(resolve, after));

// The icon's text throws at once, which comes in the middle of a batch.
const text = fail(3);
replace(chrome.action, "setBadgeText", (real) => (details) => (text(), real(details)));

// Of what is remembered, the first arrives long after the second, and every fifth not at all.
let sets = 0;
replace(chrome.storage.session, "set", (real) => async (items) => {
  if (!("session" in items)) return real(items);
  const turn = sets++;
  if (turn % 5 === 4) throw new TypeError("sabotaged");
  if (turn % 2 === 0) await later(500);
  return real(items);
});

// The database refuses once, and once takes a value and loses it.
let puts = 0;
const put = IDBObjectStore.prototype.put;
IDBObjectStore.prototype.put = function (...args) {
  const turn = puts++;
  if (turn === 0) throw new TypeError("sabotaged");
  const request = put.apply(this, args);
  if (turn === 1) request.addEventListener("success", () => this.transaction.abort());
  return request;
};

// Emptying the menu takes long each second time. What is in it is written down.
const entries = [];
let emptied = 0;
const note = () => chrome.storage.local.set({ entries });
replace(chrome.contextMenus, "removeAll", (real) => async () => {
  if (emptied++ % 2 === 1) await later(1500);
  await real();
  entries.length = 0;
  await note();
});
replace(
  chrome.contextMenus,
  "create",
  (real) => (item, done) =>
    real(item, () => {
      const problem = chrome.runtime.lastError;
      entries.push(problem ? `refused: ${problem.message}` : item.title);
      note();
      done?.();
    }),
);

// A tab's first description is no answer.
const strange = fail(1);
replace(chrome.scripting, "executeScript", (real) => async (what) => {
  const answers = await real(what);
  if (String(what.func).includes("describe()")) {
    try {
      strange();
    } catch {
      return [null];
    }
  }
  return answers;
});
