// @ts-check
// The worker: tells the Go backend what happens, and does what it answers. Listeners
// are registered before anything is awaited, because a browser that wakes the worker
// for an event looks for them at once.

/** @typedef {import("./types").Event} CoreEvent */
/** @typedef {import("./types").Effect} Effect */
/** @typedef {import("./types").Stored} Stored */
/** @typedef {import("./types").Page} FramePage */
/** @typedef {import("./types").Report} FillReport */

import "./wasm_exec.js";
import { sentence } from "./say.js";
import { kept } from "./store.js";
import { inject, inPage, placeOf, siteNames } from "./tab.js";

/** @type {Promise<(event: string) => string>} */
const backend = new Promise((resolve) => {
  /** @type {any} */ (globalThis).companionReady = resolve;
});

/** @param {Partial<CoreEvent>} event */
async function tell(event) {
  const handle = await started;
  perform(JSON.parse(handle(JSON.stringify({ ...event, now: new Date().toISOString(), offline: !navigator.onLine }))));
}

/** @type {Map<number, chrome.runtime.Port>} */
const pages = new Map();
let lastPage = 0;

chrome.runtime.onConnect.addListener((port) => {
  // Content scripts can connect too, and one in a broken page may be in other hands.
  if (!port.sender?.url?.startsWith(chrome.runtime.getURL(""))) return port.disconnect();
  const page = ++lastPage;
  pages.set(page, port);
  port.onMessage.addListener(({ action }) => tell({ kind: "acted", page, action }));
  port.onDisconnect.addListener(() => {
    pages.delete(page);
    tell({ kind: "page_closed", page });
  });
  tell({ kind: "page_opened", page, name: port.name });
});

chrome.runtime.onMessage.addListener((message, sender) => {
  if (message?.kind === "page_changed" && sender.tab?.id) tell({ kind: "tab_changed", tab: sender.tab.id });
});

chrome.alarms.onAlarm.addListener(() => tell({ kind: "woken" }));

const allowed = async () => tell({ kind: "allowed", notify: await mayNotify() });
chrome.permissions.onAdded.addListener(allowed);
chrome.permissions.onRemoved.addListener(allowed);

for (const change of ["online", "offline"]) addEventListener(change, () => tell({ kind: "woken" }));

chrome.commands.onCommand.addListener((_, tab) => tell({ kind: "acted", action: { do: "fill", tab: placeOf(tab) } }));

// An entry's id is the action it stands for; where the field is, the browser knows.
chrome.contextMenus.onClicked.addListener(({ menuItemId, frameId = 0 }, tab) =>
  tell({ kind: "acted", action: { ...JSON.parse(String(menuItemId)), frame_id: frameId, tab: placeOf(tab) } }));

chrome.runtime.onInstalled.addListener(({ reason }) => {
  if (reason === "install") chrome.tabs.create({ url: "welcome.html" });
});

/** @param {Effect[]} effects */
function perform(effects) {
  for (const effect of effects) performers[effect.do](effect);
}

/** @type {{id: number, socket: WebSocket} | undefined} */
let line;

/** @type {Record<Effect["do"], (effect: Effect) => void>} */
const performers = {
  connect({ socket: id = 0, url = "", protocol = "" }) {
    line?.socket.close();
    const socket = new WebSocket(url, protocol);
    socket.binaryType = "arraybuffer";
    socket.onopen = () => tell({ kind: "opened", socket: id });
    // No frame is larger. A text has no length in bytes, and would itself be taken for one.
    socket.onmessage = ({ data }) => tell({ kind: "received", socket: id, frame: data.byteLength <= 65535 ? base64(data) : "" });
    socket.onclose = ({ code, reason }) => tell({ kind: "closed", socket: id, code, reason });
    line = { id, socket };
  },
  send({ socket, frames = [] }) {
    if (line?.id !== socket || line?.socket.readyState !== WebSocket.OPEN) return;
    for (const frame of frames) line.socket.send(bytes(frame));
  },
  close({ socket }) {
    if (line?.id === socket) line?.socket.close();
  },
  store: ({ stored }) => kept("readwrite", (table) => table.put(stored, "current")),
  erase: () => kept("readwrite", (table) => table.delete("current")),
  learn: ({ lessons = {} }) => kept("readwrite", (table) => table.put(lessons, "lessons")),
  accustom: ({ habits }) => kept("readwrite", (table) => table.put(habits, "habits")),
  remember: ({ session }) => chrome.storage.session.set({ session }),
  glimpse: ({ glance }) => (glance ? chrome.storage.session.set({ glance }) : chrome.storage.session.remove("glance")),
  notify({ notice }) {
    if (!notice) return;
    chrome.notifications?.create(notice.id, { type: "basic", iconUrl: "icons/128.png", title: sentence(notice.title), message: sentence(notice.text) });
  },
  show: ({ page = 0, view }) => pages.get(page)?.postMessage({ view }),
  icon({ badge }) {
    chrome.action.setBadgeText({ text: badge?.text ?? "" });
    chrome.action.setBadgeBackgroundColor({ color: badge?.colour || "#555" });
    chrome.action.setTitle({ title: sentence(badge?.title) });
  },
  async menu({ menu = [] }) {
    await chrome.contextMenus.removeAll();
    for (const { title, action } of menu) {
      chrome.contextMenus.create({ id: JSON.stringify(action), title: sentence(title), contexts: ["editable"] });
    }
  },
  async popup() {
    try {
      await chrome.action.openPopup();
    } catch {
      // The browser opens it for a person's act alone; the badge says the rest.
    }
  },
  async name({ tab = 0, request }) {
    const [names] = await inPage({ tabId: tab }, siteNames);
    tell({ kind: "named", request, names: /** @type {string[]} */ (names?.result ?? []) });
  },
  async describe({ tab = 0, request }) {
    let answers = await look(tab);
    if (!answers.length || answers.some(({ result }) => !result)) {
      await inject(tab);
      answers = await look(tab);
    }
    const pages = answers.filter(({ result }) => result).map(({ result, frameId }) => ({ .../** @type {FramePage} */ (result), frame: frameId }));
    tell({ kind: "described", request, pages });
  },
  async fill({ tab = 0, request, plan }) {
    const [answer] = await inPage({ tabId: tab, frameIds: [plan?.frame ?? 0] }, (plan) => /** @type {any} */ (globalThis).companion?.fill(plan), [plan]);
    tell({ kind: "filled", request, report: /** @type {FillReport} */ (answer?.result ?? { kept: false, gone: true }) });
  },
  watch: ({ tab = 0, on = false }) => inPage({ tabId: tab, allFrames: true }, (on) => /** @type {any} */ (globalThis).companion?.watch(on), [on]),
  dismiss: ({ page = 0 }) => pages.get(page)?.postMessage({ close: true }),
  alive: ({ on = false }) => stayAlive(on),
  wake: ({ after = 0 }) => setTimeout(() => tell({ kind: "woken" }), after),
};

/** What the frames of a tab have to describe; nothing of one that was not asked before. */
/** @param {number} tab */
const look = (tab) => inPage({ tabId: tab, allFrames: true }, () => /** @type {any} */ (globalThis).companion?.describe());

/** @param {ArrayBuffer} data */
const base64 = (data) => /** @type {any} */ (new Uint8Array(data)).toBase64();
/** @param {string} text */
const bytes = (text) => /** @type {any} */ (Uint8Array).fromBase64(text);

/** Chromium stays awake for traffic on a socket, Firefox for calls of its own. */
let beating = 0;
/** @param {boolean} on */
function stayAlive(on) {
  clearInterval(beating);
  chrome.tabs.onUpdated.removeListener(tabUpdated);
  chrome.tabs.onRemoved.removeListener(tabRemoved);
  if (!on) {
    chrome.alarms.clear("alive");
    return;
  }
  beating = setInterval(() => {
    chrome.runtime.getPlatformInfo();
    tell({ kind: "beat" });
  }, 20_000);
  chrome.alarms.create("alive", { periodInMinutes: 1 });
  chrome.tabs.onUpdated.addListener(tabUpdated);
  chrome.tabs.onRemoved.addListener(tabRemoved);
}

/** @param {number} tab @param {chrome.tabs.OnUpdatedInfo} change */
function tabUpdated(tab, change) {
  if (change.status === "complete") tell({ kind: "tab_changed", tab });
}

/** @param {number} tab */
function tabRemoved(tab) {
  tell({ kind: "tab_closed", tab });
}

function browserName() {
  const brands = /** @type {any} */ (navigator).userAgentData?.brands ?? [];
  const brand = brands.find((/** @type {any} */ b) => !/not.?a.?brand|^chromium$/i.test(b.brand)) ?? brands.find((/** @type {any} */ b) => b.brand === "Chromium");
  if (brand) return `${brand.brand} ${brand.version}`;
  return navigator.userAgent.match(/Firefox\/\d+/)?.[0].replace("/", " ") ?? "";
}

/** @returns {Promise<(event: string) => string>} */
async function start() {
  const go = new /** @type {any} */ (globalThis).Go();
  const [{ instance }, stored, lessons, habits, { session }, notify] = await Promise.all([
    WebAssembly.instantiateStreaming(fetch(chrome.runtime.getURL("companion.wasm")), go.importObject),
    /** @type {Promise<Stored | undefined>} */ (kept("readonly", (table) => table.get("current"))),
    /** @type {Promise<CoreEvent["lessons"]>} */ (kept("readonly", (table) => table.get("lessons"))),
    /** @type {Promise<CoreEvent["habits"]>} */ (kept("readonly", (table) => table.get("habits"))),
    chrome.storage.session.get("session"),
    mayNotify(),
  ]);
  go.run(instance);
  const handle = await backend;
  /** @type {Partial<CoreEvent>} */
  const event = {
    kind: "started", now: new Date().toISOString(), version: chrome.runtime.getManifest().version,
    origin: chrome.runtime.getURL("").replace(/\/$/, ""), browser: browserName(), stored, lessons, habits, notify,
    session: /** @type {any} */ (session),
  };
  const effects = JSON.parse(handle(JSON.stringify(event)));
  queueMicrotask(() => perform(effects));
  return handle;
}

/** Whether the person lets the extension show notifications. */
function mayNotify() {
  return chrome.permissions.contains({ permissions: ["notifications"] });
}

/** A browser that is just starting, or a full disk, may not give what is needed yet. */
const started = (async () => {
  for (;;) {
    try {
      return await start();
    } catch (problem) {
      console.error(problem);
      await new Promise((later) => setTimeout(later, 1000));
    }
  }
})();
