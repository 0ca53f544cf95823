import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { fakeDatabase, fakeSession, settle } from "./chrome.js";

mock.timers.enable({ apis: ["setTimeout"] });
const database = fakeDatabase();
const session = fakeSession();
globalThis.indexedDB = database;
globalThis.chrome = { storage: { session } };
const { read, write } = await import("../store.js");
const { latestWriter } = await import("../writer.js");
const log = mock.method(console, "error", () => {});

beforeEach(() => {
  session.writes.length = 0;
  log.mock.resetCalls();
});

test("a writer writes one value after the other, and only the latest that waits", async () => {
  const written = [];
  const ends = [];
  const { set, pending } = latestWriter("it", (value) => {
    written.push(value);
    return new Promise((resolve) => ends.push(resolve));
  });
  set(1);
  set(2);
  set(3);
  assert.deepEqual(written, [1], "the first is under way");
  ends[0]();
  await settle();
  assert.deepEqual(written, [1, 3]);
  assert.deepEqual(pending(), { value: 3 });
  ends[1]();
  await settle();
  assert.equal(pending(), undefined);
});

test("a writer waits twice as long after each failure, and a minute at most", async () => {
  let tries = 0;
  let fails = true;
  const { set, pending } = latestWriter("it", async () => {
    tries++;
    if (fails) throw new RangeError("a secret");
  });
  set("value");
  await settle();
  for (const pause of [1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000]) {
    const before = tries;
    mock.timers.tick(pause - 1);
    await settle();
    assert.equal(tries, before, `not before ${pause} ms`);
    mock.timers.tick(1);
    await settle();
    assert.equal(tries, before + 1, `after ${pause} ms`);
  }
  fails = false;
  mock.timers.tick(60_000);
  await settle();
  assert.equal(pending(), undefined);
  assert.equal(log.mock.calls[0].arguments[0], "it could not be written: RangeError");
});

test("a newer value does not wait for the pause of the one that failed", async () => {
  const written = [];
  const { set } = latestWriter("it", async (value) => {
    written.push(value);
    if (value === "bad") throw new Error("refused");
  });
  set("bad");
  await settle();
  set("good");
  await settle();
  assert.deepEqual(written, ["bad", "good"]);
  mock.timers.tick(60_000);
  await settle();
  assert.deepEqual(written, ["bad", "good"], "nothing is tried again");
});

test("what is stored comes back, and undefined removes it", async () => {
  for (const name of ["current", "session"]) {
    write(name, { secret: name });
    await settle();
    assert.deepEqual(await read(name), { secret: name });
    write(name, undefined);
    await settle();
    assert.equal(await read(name), undefined);
  }
  assert.equal(database.rows.has("current"), false);
  assert.equal("session" in session.items, false);
});

test("what is read is what was written last, stored or not", async () => {
  session.failures = 1;
  write("session", "new");
  assert.equal(await read("session"), "new");
  await settle();
  assert.equal(await read("session"), "new", "while it fails");
  assert.equal(session.items.session, undefined);
  mock.timers.tick(1000);
  await settle();
  assert.equal(session.items.session, "new");
});

test("a transaction that the browser aborts is repeated", async () => {
  database.aborts = 1;
  write("habits", { quiet: true });
  await settle();
  assert.equal(database.rows.has("habits"), false);
  mock.timers.tick(1000);
  await settle();
  assert.deepEqual(database.rows.get("habits"), { quiet: true });
});

test("only the pairing and what a person chose outlive the browser", async () => {
  for (const name of ["current", "lessons", "habits", "session", "glance", "crashes", "excused"]) {
    write(name, name);
  }
  await settle();
  assert.deepEqual([...database.rows.keys()].sort(), ["current", "habits", "lessons"]);
  assert.deepEqual(Object.keys(session.items).sort(), ["crashes", "excused", "glance", "session"]);
});

test("a writer is settled once its latest value was tried, well or badly", async () => {
  const ends = [];
  const { set, settled } = latestWriter(
    "it",
    () => new Promise((resolve, reject) => ends.push({ resolve, reject })),
  );
  let done = false;
  await settled();
  set(1);
  set(2);
  settled().then(() => (done = true));
  ends[0].resolve();
  await settle();
  assert.equal(done, false, "the latest is under way");
  ends[1].reject(new Error("refused"));
  await settle();
  assert.equal(done, true, "the next try has to wait, and nobody waits for it");
});

test("a value that is set while a write fails is tried at once", async () => {
  const written = [];
  const failures = [];
  const { set, pending } = latestWriter("it", (value) => {
    written.push(value);
    return value === "bad" ? new Promise((_, reject) => failures.push(reject)) : Promise.resolve();
  });
  set("bad");
  set("good");
  failures[0](new Error("refused"));
  await settle();
  assert.deepEqual(written, ["bad", "good"]);
  assert.equal(pending(), undefined);
});
