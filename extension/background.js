// @ts-check
// The worker: tells the Go backend what happens, and performs the effects that it answers with.
// It never decides what to do. Listeners are registered before anything is awaited, because a
// browser that wakes the worker for an event looks for them at once.

/** @typedef {import("./types").Event} CoreEvent */
/** @typedef {import("./types").Effect} Effect */
/** @typedef {import("./types").Page} FramePage */
/** @typedef {import("./types").Report} FillReport */

import { Backend } from "./backend.js";
import { crashBadge, crashView } from "./crash_view.js";
import { localize } from "./i18n.js";
import { read, settled, write } from "./store.js";
import {
  describeFrames,
  fillFrame,
  injectScripts,
  readSiteNames,
  runInTab,
  tabInfo,
  watchFrames,
} from "./tabs.js";
import { errorName, latestWriter } from "./writer.js";

/** @param {Partial<CoreEvent>} event */
const tell = (event) => backend.tell(event);

/** @type {Map<number, chrome.runtime.Port>} */
const pages = new Map();
let lastPage = 0;

chrome.runtime.onConnect.addListener((port) => {
  // Content scripts can connect too, and a hostile page may have taken one over.
  if (!port.sender?.url?.startsWith(chrome.runtime.getURL(""))) return port.disconnect();
  const page = ++lastPage;
  pages.set(page, port);
  port.onMessage.addListener(async ({ action, press }) => {
    if (action.do === "restart") backend.restart();
    else await tell({ kind: "acted", page, action });
    // A page repeats an action to the next worker until it receives this.
    await settled("session");
    if (press) pages.get(page)?.postMessage({ heard: press });
  });
  port.onDisconnect.addListener(() => {
    pages.delete(page);
    tell({ kind: "page_closed", page });
  });
  tell({ kind: "page_opened", page, name: port.name });
});

chrome.runtime.onMessage.addListener((message, sender) => {
  if (message?.kind === "page_changed" && sender.tab?.id) {
    tell({ kind: "tab_changed", tab: sender.tab.id, origin: tabInfo(sender.tab).origin });
  }
});

chrome.alarms.onAlarm.addListener(() => tell({ kind: "woken" }));

const allowed = async (/** @type {string[]} */ added) =>
  tell({ kind: "allowed", added, ...(await granted()) });
chrome.permissions.onAdded.addListener(({ origins = [] }) => allowed(origins));
chrome.permissions.onRemoved.addListener(() => allowed([]));

for (const change of ["online", "offline"]) addEventListener(change, () => tell({ kind: "woken" }));

chrome.commands.onCommand.addListener((_, tab) =>
  tell({ kind: "acted", action: { do: "fill", tab: tabInfo(tab) } }),
);

// An entry's id is the action it stands for; where the field is, the browser knows.
chrome.contextMenus.onClicked.addListener(({ menuItemId, frameId = 0 }, tab) =>
  tell({
    kind: "acted",
    action: { ...JSON.parse(String(menuItemId)), frame_id: frameId, tab: tabInfo(tab) },
  }),
);

chrome.runtime.onInstalled.addListener(({ reason }) => {
  if (reason === "install") chrome.tabs.create({ url: "welcome.html" });
});

/** Performs effects, each on its own: one that fails stops no other. @param {Effect[]} effects */
function perform(effects) {
  for (const effect of effects) attempt(effect);
}

/** @param {Effect} effect */
async function attempt(effect) {
  try {
    await performers[effect.do](effect);
  } catch (problem) {
    console.error(`${effect.do} failed: ${errorName(problem)}`);
    const answer = failures[effect.do];
    if (answer) tell({ ...answer, socket: effect.socket, request: effect.request });
  }
}

/**
 * What the backend is told when an effect fails whose answer it waits for.
 * @type {Partial<Record<Effect["do"], Partial<CoreEvent>>>}
 */
const failures = {
  connect: { kind: "closed", code: 1006 },
  send: { kind: "closed", code: 1006 },
  name: { kind: "named", names: [] },
  describe: { kind: "described", pages: [] },
  fill: { kind: "filled", report: { kept: false, gone: true } },
};

/** The connection to the companion. @type {{id: number, socket: WebSocket} | undefined} */
let connection;

/** @type {Record<Effect["do"], (effect: Effect) => unknown>} */
const performers = {
  connect({ socket: id = 0, url = "", protocol = "" }) {
    connection?.socket.close();
    const socket = new WebSocket(url, protocol);
    socket.binaryType = "arraybuffer";
    socket.onopen = () => tell({ kind: "opened", socket: id });
    // No frame is larger. A text has no byteLength, so it arrives as an empty frame too.
    socket.onmessage = ({ data }) =>
      tell({ kind: "received", socket: id, frame: data.byteLength <= 65535 ? base64(data) : "" });
    socket.onclose = ({ code, reason }) => tell({ kind: "closed", socket: id, code, reason });
    connection = { id, socket };
  },
  send({ socket, frames = [] }) {
    if (connection?.id !== socket || connection?.socket.readyState !== WebSocket.OPEN) return;
    for (const frame of frames) connection.socket.send(bytes(frame));
  },
  close({ socket }) {
    if (connection?.id === socket) connection?.socket.close();
  },
  store: ({ stored }) => write("current", stored),
  erase: () => write("current", undefined),
  store_field_overrides: ({ lessons = {} }) => write("lessons", lessons),
  store_preferences: ({ habits }) => write("habits", habits),
  store_session: ({ session }) => write("session", session),
  cache_view: ({ glance }) => write("glance", glance),
  notify: ({ notice }) =>
    notice &&
    chrome.notifications?.create(notice.id, {
      type: "basic",
      iconUrl: "icons/128.png",
      title: localize(notice.title),
      message: localize(notice.text),
    }),
  // A person acts on what is shown, so the next worker has to know it too.
  async show({ page = 0, view }) {
    await settled("session");
    pages.get(page)?.postMessage({ view });
  },
  icon: ({ badge }) => icon.set(badge),
  menu: ({ menu = [] }) => menus.set(menu),
  async popup() {
    try {
      await chrome.action.openPopup();
    } catch {
      // Some browsers open it only after a click; the badge calls for one.
    }
  },
  async name({ tab = 0, request, origin }) {
    const [names] = await runInTab({ tabId: tab }, readSiteNames, [origin]);
    tell({ kind: "named", request, names: /** @type {string[]} */ (names?.result ?? []) });
  },
  async describe({ tab = 0, request }) {
    let answers = await describeFrames(tab);
    if (!answers.length || answers.some(({ result }) => !result)) {
      await injectScripts(tab);
      answers = await describeFrames(tab);
    }
    const described = answers
      .filter(({ result }) => result)
      .map(({ result, frameId }) => ({ .../** @type {FramePage} */ (result), frame: frameId }));
    tell({ kind: "described", request, pages: described });
  },
  async fill({ tab = 0, request, plan }) {
    const [answer] = plan ? await fillFrame(tab, plan) : [];
    tell({
      kind: "filled",
      request,
      report: /** @type {FillReport} */ (answer?.result ?? { kept: false, gone: true }),
    });
  },
  watch: ({ tab = 0, on = false }) => watchFrames(tab, on),
  give_back: ({ sites: origins = [] }) => chrome.permissions.remove({ origins }),
  dismiss: ({ page = 0 }) => pages.get(page)?.postMessage({ close: true }),
  alive: ({ on = false }) => stayAlive(on),
  wake: ({ after = 0 }) => setTimeout(() => tell({ kind: "woken" }), after),
};

/** The extension's icon. */
const icon = latestWriter("the icon", (/** @type {Effect["badge"]} */ badge) =>
  Promise.all([
    chrome.action.setBadgeText({ text: badge?.text ?? "" }),
    chrome.action.setBadgeBackgroundColor({ color: badge?.colour || "#555" }),
    chrome.action.setTitle({ title: localize(badge?.title) }),
  ]),
);

/** The menu over a field. Made one after the other: two at once would leave entries of both. */
const menus = latestWriter("the menu", async (/** @type {NonNullable<Effect["menu"]>} */ menu) => {
  await chrome.contextMenus.removeAll();
  await Promise.all(
    menu.map(
      ({ title, action }) =>
        new Promise((resolve, reject) => {
          chrome.contextMenus.create(
            { id: JSON.stringify(action), title: localize(title), contexts: ["editable"] },
            () => {
              const problem = chrome.runtime.lastError;
              if (problem) reject(new Error(problem.message));
              else resolve(undefined);
            },
          );
        }),
    ),
  );
});

/** @param {ArrayBuffer} data */
const base64 = (data) => /** @type {any} */ (new Uint8Array(data)).toBase64();
/** @param {string} text */
const bytes = (text) => /** @type {any} */ (Uint8Array).fromBase64(text);

/** The timer that keeps the worker awake. */
let heartbeat = 0;

/**
 * Keeps the worker awake: Chromium by traffic on a socket, Firefox by calls of its API.
 * @param {boolean} on
 */
function stayAlive(on) {
  clearInterval(heartbeat);
  chrome.tabs.onUpdated.removeListener(tabUpdated);
  chrome.tabs.onRemoved.removeListener(tabRemoved);
  if (!on) return chrome.alarms.clear("alive");
  heartbeat = setInterval(() => {
    chrome.runtime.getPlatformInfo();
    tell({ kind: "heartbeat" });
  }, 20_000);
  chrome.tabs.onUpdated.addListener(tabUpdated);
  chrome.tabs.onRemoved.addListener(tabRemoved);
  return chrome.alarms.create("alive", { periodInMinutes: 1 });
}

/** @param {number} id @param {chrome.tabs.OnUpdatedInfo} change @param {chrome.tabs.Tab} tab */
function tabUpdated(id, change, tab) {
  if (change.status === "complete") tell({ kind: "tab_changed", tab: id, origin: tabInfo(tab).origin });
}

/** @param {number} tab */
function tabRemoved(tab) {
  tell({ kind: "tab_closed", tab });
}

function browserName() {
  const brands = /** @type {any} */ (navigator).userAgentData?.brands ?? [];
  const brand =
    brands.find((/** @type {any} */ b) => !/not.?a.?brand|^chromium$/i.test(b.brand)) ??
    brands.find((/** @type {any} */ b) => b.brand === "Chromium");
  if (brand) return `${brand.brand} ${brand.version}`;
  return navigator.userAgent.match(/Firefox\/\d+/)?.[0].replace("/", " ") ?? "";
}

/** What the person has allowed beyond the manifest. */
async function granted() {
  const { permissions = [], origins = [] } = await chrome.permissions
    .getAll()
    .catch(() => /** @type {chrome.permissions.Permissions} */ ({}));
  const own = chrome.runtime.getManifest().host_permissions ?? [];
  return {
    notify: permissions.includes("notifications"),
    sites: origins.filter((site) => !own.includes(site)),
  };
}

/** What a backend needs to know when it starts. @returns {Promise<Partial<CoreEvent>>} */
async function facts() {
  const [stored, lessons, habits, session, may] = await Promise.all([
    read("current"),
    read("lessons"),
    read("habits"),
    read("session"),
    granted(),
  ]);
  return {
    version: chrome.runtime.getManifest().version,
    origin: chrome.runtime.getURL("").replace(/\/$/, ""),
    browser: browserName(),
    stored,
    lessons,
    habits,
    ...may,
    session: typeof session === "string" ? session : undefined,
  };
}

/**
 * Events about the open pages, for a new backend.
 * @param {boolean} again @returns {Partial<CoreEvent>[]}
 */
function opened(again) {
  if (again) for (const port of pages.values()) port.postMessage({ hello: true });
  return [...pages].map(([page, { name }]) => ({ kind: /** @type {const} */ ("page_opened"), page, name }));
}

/**
 * Ends what belongs to a backend that has ended. The alarm stays, which wakes the worker where a code is
 * awaited.
 */
function ended() {
  connection?.socket.close();
  connection = undefined;
  clearInterval(heartbeat);
}

const backend = new Backend({
  facts,
  perform,
  opened,
  ended,
  watched: () => pages.size > 0,
  gaveUp(crashes) {
    icon.set(crashBadge);
    for (const port of pages.values()) port.postMessage({ view: crashView(crashes, browserName()) });
  },
});
