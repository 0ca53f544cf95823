import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { beforeEach, mock, test } from "node:test";
import { fakeI18n, settle } from "./chrome.js";
import { openWindow } from "./window.js";

mock.timers.enable({ apis: ["setTimeout", "setInterval", "Date"] });
const window = openWindow('<div id="root"></div><div id="said"></div>');
const { document, CSS, Event, HTMLInputElement, Option } = window;
Object.assign(globalThis, { document, CSS, Event, HTMLInputElement, Option });
globalThis.requestAnimationFrame = (act) => act();

/** Every port that the page has opened, the newest last. */
const ports = [];
globalThis.chrome = {
  i18n: fakeI18n("en"),
  storage: { session: { get: async () => ({}) } },
  runtime: { connect: openPort },
};

/** A port to a worker: what was posted to it, and the means to answer and to end it. */
function openPort({ name }) {
  const port = {
    name,
    posted: [],
    postMessage: (message) => port.posted.push(message),
    onMessage: { addListener: (listener) => (port.answer = listener) },
    onDisconnect: { addListener: (listener) => (port.end = listener) },
  };
  ports.push(port);
  return port;
}

const { open } = await import("../page.js");
const buy = { do: "buy" };
const greeting = { do: "open" };
const node = { kind: "button", key: "buy", text: { plain: "Buy" }, action: buy };
const view = { title: { plain: "Title" }, nodes: [{ key: "main", kind: "main", children: [node] }] };
const actions = (port) => port.posted.map(({ action }) => action);

/** Opens a page, shows it the button, and presses that. */
async function pressBuy() {
  open("popup", Promise.resolve(greeting));
  await settle();
  ports[0].answer({ view });
  document.querySelector('[data-key="buy"]').click();
  await settle();
  assert.deepEqual(actions(ports[0]), [{ ...greeting, text: "" }, buy]);
}

/** The worker ends after a time in milliseconds, and the page connects to the next one. */
async function nextWorker(after = 0) {
  mock.timers.tick(after);
  ports.at(-1).end();
  mock.timers.tick(100);
  await settle();
  return ports.at(-1);
}

beforeEach(() => {
  ports.length = 0;
});

test("an action that no worker has handled is sent to the next, however late that comes", async () => {
  await pressBuy();
  const second = await nextWorker(60_000);
  assert.deepEqual(actions(second), [{ ...greeting, text: "again" }, buy], "after the greeting");
  const third = await nextWorker();
  assert.deepEqual(actions(third), [{ ...greeting, text: "again" }, buy], "until one has handled it");
  third.answer({ heard: third.posted.at(-1).press });
  assert.deepEqual(actions(await nextWorker()), [{ ...greeting, text: "again" }]);
});

test("an action that a worker has handled is not sent again", async () => {
  await pressBuy();
  ports[0].answer({ heard: ports[0].posted.at(-1).press });
  assert.deepEqual(actions(await nextWorker()), [{ ...greeting, text: "again" }]);
});

test("the acknowledgement of an earlier action says nothing about the last", async () => {
  await pressBuy();
  const { press } = ports[0].posted.at(-1);
  document.querySelector('[data-key="buy"]').click();
  await settle();
  ports[0].answer({ heard: press });
  assert.deepEqual(actions(await nextWorker()), [{ ...greeting, text: "again" }, buy]);
});

test("a view alone is no acknowledgement", async () => {
  await pressBuy();
  ports[0].answer({ view });
  assert.deepEqual(actions(await nextWorker()), [{ ...greeting, text: "again" }, buy]);
});

test("a backend that has crashed gets a greeting, and not the action that may have ended it", async () => {
  await pressBuy();
  ports[0].answer({ hello: true });
  await settle();
  assert.deepEqual(ports[0].posted.at(-1).action, { ...greeting, text: "again" });
  assert.deepEqual(actions(await nextWorker()), [{ ...greeting, text: "again" }]);
});

// An async script may run as soon as the parser has passed it, and a busy browser then stops parsing.
test("the popup's script runs after the elements that it fills exist", () => {
  const html = readFileSync(new URL("../popup.html", import.meta.url), "utf8");
  const page = new window.DOMParser().parseFromString(html, "text/html");
  const script = page.querySelector("script");
  for (const id of ["root", "said"]) {
    const order = page.getElementById(id).compareDocumentPosition(script);
    assert.ok(order & window.Node.DOCUMENT_POSITION_FOLLOWING, id);
  }
});
