// @ts-check
// The worker: tells the Go backend what happens, and does what it answers. Listeners
// are registered before anything is awaited, because a browser that wakes the worker
// for an event looks for them at once.

/** @typedef {import("./types").Event} CoreEvent */
/** @typedef {import("./types").Effect} Effect */
/** @typedef {import("./types").Stored} Stored */
/** @typedef {import("./types").Page} FramePage */
/** @typedef {import("./types").Report} FillReport */

if ("importScripts" in globalThis) /** @type {any} */ (globalThis).importScripts("wasm_exec.js");

/** @type {Promise<(event: string) => string>} */
const backend = new Promise((resolve) => {
  /** @type {any} */ (globalThis).companionReady = resolve;
});

/** @param {Partial<CoreEvent>} event */
async function tell(event) {
  const handle = await started;
  perform(JSON.parse(handle(JSON.stringify({ ...event, now: new Date().toISOString() }))));
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

chrome.runtime.onInstalled.addListener(({ reason }) => {
  if (reason === "install") chrome.runtime.openOptionsPage();
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
    socket.onmessage = ({ data }) => tell({ kind: "received", socket: id, frame: base64(data) });
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
  store: ({ stored }) => pairing("readwrite", (table) => table.put(stored, "current")),
  erase: () => pairing("readwrite", (table) => table.delete("current")),
  remember: ({ session }) => chrome.storage.session.set({ session }),
  show: ({ page = 0, view }) => pages.get(page)?.postMessage({ view }),
  icon({ badge }) {
    chrome.action.setBadgeText({ text: badge?.text ?? "" });
    chrome.action.setBadgeBackgroundColor({ color: badge?.colour || "#555" });
    const { key = "", args = [] } = badge?.title ?? {};
    chrome.action.setTitle({ title: chrome.i18n.getMessage(key, args.map((arg) => String(arg.plain ?? arg.count ?? ""))) });
  },
  async name({ tab = 0, request }) {
    const [names] = await inPage({ tabId: tab }, siteNames);
    tell({ kind: "named", request, names: /** @type {string[]} */ (names?.result ?? []) });
  },
  async describe({ tab = 0, request }) {
    await inject(tab);
    const answers = await inPage({ tabId: tab, allFrames: true }, () => /** @type {any} */ (globalThis).companion?.describe());
    const pages = answers.filter(({ result }) => result).map(({ result, frameId }) => ({ .../** @type {FramePage} */ (result), frame: frameId }));
    tell({ kind: "described", request, pages });
  },
  async fill({ tab = 0, request, plan }) {
    const [answer] = await inPage({ tabId: tab, frameIds: [plan?.frame ?? 0] }, (plan) => /** @type {any} */ (globalThis).companion?.fill(plan), [plan]);
    tell({ kind: "filled", request, report: /** @type {FillReport} */ (answer?.result ?? { kept: false }) });
  },
  watch: ({ tab = 0, on = false }) => inPage({ tabId: tab, allFrames: true }, (on) => /** @type {any} */ (globalThis).companion?.watch(on), [on]),
  alive: ({ on = false }) => stayAlive(on),
  wake: ({ after = 0 }) => setTimeout(() => tell({ kind: "woken" }), after),
};

/** @param {ArrayBuffer} data */
const base64 = (data) => /** @type {any} */ (new Uint8Array(data)).toBase64();
/** @param {string} text */
const bytes = (text) => /** @type {any} */ (Uint8Array).fromBase64(text);

/**
 * Runs a function in a tab's frames. A browser that gives no access gives no results.
 * @param {chrome.scripting.InjectionTarget} target @param {(...args: any[]) => unknown} func @param {unknown[]} args
 */
async function inPage(target, func, args = []) {
  try {
    return await chrome.scripting.executeScript({ target, func, args });
  } catch {
    return [];
  }
}

/** @param {number} tabId */
async function inject(tabId) {
  try {
    await chrome.scripting.executeScript({ target: { tabId, allFrames: true }, files: ["content.js"] });
  } catch {
    // Without access there is nothing to describe, and that is the answer.
  }
}

/** What a page calls its site, best first; runs in the page. */
function siteNames() {
  const meta = (/** @type {string} */ name) =>
    document.querySelector(`meta[name="${name}"], meta[property="${name}"]`)?.getAttribute("content") ?? "";
  return [meta("application-name"), meta("og:site_name"), meta("apple-mobile-web-app-title")];
}

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

/**
 * One request on the table of the extension's own database, which neither pages nor
 * content scripts can open.
 * @template T
 * @param {IDBTransactionMode} mode @param {(table: IDBObjectStore) => IDBRequest<T>} act @returns {Promise<T>}
 */
async function pairing(mode, act) {
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

function browserName() {
  const brands = /** @type {any} */ (navigator).userAgentData?.brands ?? [];
  const brand = brands.find((/** @type {any} */ b) => !/not.?a.?brand|^chromium$/i.test(b.brand)) ?? brands.find((/** @type {any} */ b) => b.brand === "Chromium");
  if (brand) return `${brand.brand} ${brand.version}`;
  return navigator.userAgent.match(/Firefox\/\d+/)?.[0].replace("/", " ") ?? "";
}

/** @returns {Promise<(event: string) => string>} */
async function start() {
  const go = new /** @type {any} */ (globalThis).Go();
  const [{ instance }, stored, { session }] = await Promise.all([
    WebAssembly.instantiateStreaming(fetch(chrome.runtime.getURL("companion.wasm")), go.importObject),
    /** @type {Promise<Stored | undefined>} */ (pairing("readonly", (table) => table.get("current"))),
    chrome.storage.session.get("session"),
  ]);
  go.run(instance);
  const handle = await backend;
  /** @type {Partial<CoreEvent>} */
  const event = {
    kind: "started", now: new Date().toISOString(), version: chrome.runtime.getManifest().version,
    origin: chrome.runtime.getURL("").replace(/\/$/, ""), browser: browserName(), stored, session: /** @type {any} */ (session),
  };
  const effects = JSON.parse(handle(JSON.stringify(event)));
  queueMicrotask(() => perform(effects));
  return handle;
}

const started = start();
