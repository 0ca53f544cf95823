import assert from "node:assert/strict";
import { register } from "node:module";
import { beforeEach, mock, test } from "node:test";
import { fakeDatabase, fakeSession, settle } from "./chrome.js";

// The build puts Go's own file beside the worker; here a fake program takes its place.
const hooks = `export const resolve = (name, context, next) =>
  name === "./wasm_exec.js" ? { url: "data:text/javascript,", shortCircuit: true } : next(name, context);`;
register(`data:text/javascript,${encodeURIComponent(hooks)}`);

mock.timers.enable({ apis: ["setTimeout", "Date"], now: Date.parse("2026-01-01T12:00:00Z") });
mock.method(console, "error", () => {});
const session = fakeSession();
globalThis.indexedDB = fakeDatabase();
globalThis.chrome = { storage: { session }, runtime: { getURL: (name) => `chrome-extension://id/${name}` } };
globalThis.fetch = (address) => address;
Object.defineProperty(globalThis, "navigator", { value: { onLine: true }, configurable: true });

let handled = [];
let performed = [];
let gaveUp = [];
/** What a program answers to an event. */
let answerTo = () => ({ effects: [] });
let loadFailures = 0;

mock.method(WebAssembly, "instantiateStreaming", async () => {
  if (loadFailures-- > 0) throw new TypeError("not yet");
  return { instance: {} };
});
globalThis.Go = class {
  run() {
    return new Promise(() => {
      globalThis.companionReady((event) => {
        handled.push(JSON.parse(event));
        return JSON.stringify(answerTo(JSON.parse(event)));
      });
    });
  }
};
const { Backend } = await import("../backend.js");

/** Starts a backend, as a worker does. */
async function start({ watched = false } = {}) {
  const backend = new Backend({
    facts: async () => ({ version: "1", session: "remembered" }),
    perform: (effects) => performed.push(...effects.map((effect) => effect.do)),
    opened: (again) => [{ kind: "page_opened", page: again ? 2 : 1 }],
    watched: () => watched,
    ended: () => performed.push("ended"),
    gaveUp: (crashes) => gaveUp.push(crashes.length),
  });
  await settle();
  return backend;
}
const kinds = () => handled.map(({ kind }) => kind);
const crashOn = (kind) =>
  (answerTo = (event) => (event.kind === kind ? { crash: { cause: "bug" } } : { effects: [] }));
async function pass(milliseconds) {
  mock.timers.tick(milliseconds);
  await settle();
}

beforeEach(async () => {
  answerTo = () => ({ effects: [] });
  await pass(60_000); // backends of the test before start again
  handled = [];
  performed = [];
  gaveUp = [];
  session.items = {};
  loadFailures = 0;
});

test("a backend hears what it has to know first, then the open pages, then the events in order", async () => {
  const starting = start();
  const backend = await starting;
  backend.tell({ kind: "woken" });
  backend.tell({ kind: "beat" });
  await settle();
  assert.deepEqual(kinds(), ["started", "page_opened", "woken", "beat"]);
  const [started, opened] = handled;
  assert.deepEqual(
    [started.version, started.session, started.run, started.interrupted],
    ["1", "remembered", 0, false],
  );
  assert.equal(opened.page, 1, "the pages are not asked again");
  assert.equal(started.now, new Date().toISOString());
  assert.equal(started.offline, false);
});

test("events that come before it is ready wait for it", async () => {
  loadFailures = 1;
  const backend = await start();
  backend.tell({ kind: "woken" });
  await settle();
  assert.deepEqual(kinds(), []);
  await pass(1000);
  assert.deepEqual(kinds(), ["started", "page_opened", "woken"]);
});

test("the effects of an answer are performed", async () => {
  answerTo = ({ kind }) => ({ effects: kind === "woken" ? [{ do: "connect" }, { do: "icon" }] : [] });
  const backend = await start();
  await backend.tell({ kind: "woken" });
  assert.deepEqual(performed, ["connect", "icon"]);
});

test("after a crash another backend starts, and the event that ended the first is not repeated", async () => {
  crashOn("woken");
  const backend = await start();
  backend.tell({ kind: "woken" });
  backend.tell({ kind: "beat" });
  await settle();
  await pass(0);
  assert.deepEqual(kinds(), ["started", "page_opened", "woken", "started", "page_opened", "beat"]);
  assert.deepEqual(performed, ["ended"]);
  const [, , , started, opened] = handled;
  const at = new Date().toISOString();
  assert.deepEqual([started.run, started.interrupted], [1, false], "nobody looked");
  assert.equal(opened.page, 2, "the pages are asked again");
  assert.deepEqual(started.crashes, [{ event: "woken", cause: "bug", where: "", at }]);
  assert.deepEqual(session.items.crashes, started.crashes);
});

test("a person who pressed something or looks is told that it was interrupted", async () => {
  crashOn("acted");
  const backend = await start();
  await backend.tell({ kind: "acted" });
  await pass(0);
  assert.equal(handled.at(-2).interrupted, true);
  crashOn("woken");
  const watched = await start({ watched: true });
  await watched.tell({ kind: "woken" });
  await pass(1000);
  assert.equal(handled.at(-2).interrupted, true);
});

test("an answer that can't be read is a crash", async () => {
  const backend = await start();
  answerTo = () => undefined;
  await backend.tell({ kind: "woken" });
  assert.equal(session.items.crashes.at(-1)?.cause ?? "", "the program ended");
});

test("after two crashes at the start the stored session is left out", async () => {
  crashOn("started");
  await start();
  await pass(0);
  assert.equal(handled.at(-1).session, "remembered");
  await pass(1000);
  assert.deepEqual([handled.length, handled.at(-1).session], [3, undefined]);
});

test("after five crashes in ten minutes it is given up, until some are older", async () => {
  crashOn("woken");
  const backend = await start();
  for (const pause of [0, 1000, 2000, 4000, 8000]) {
    await backend.tell({ kind: "woken" });
    await pass(pause);
  }
  assert.deepEqual(gaveUp, [5]);
  const before = handled.length;
  await backend.tell({ kind: "beat" });
  assert.equal(handled.length, before);
  assert.deepEqual(gaveUp, [5, 5]);
  await pass(10 * 60_000);
  await backend.tell({ kind: "beat" });
  assert.deepEqual(kinds().slice(before), ["started", "page_opened", "beat"]);
});

test("a person starts one that was given up", async () => {
  crashOn("woken");
  const backend = await start();
  for (const pause of [0, 1000, 2000, 4000, 8000]) {
    await backend.tell({ kind: "woken" });
    await pass(pause);
  }
  const before = handled.length;
  backend.restart();
  await settle();
  assert.deepEqual(kinds().slice(before), ["started", "page_opened"]);
  assert.equal(session.items.excused, Date.now());
});
