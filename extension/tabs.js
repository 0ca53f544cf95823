// @ts-check
// Reaches into tabs: which site one shows, and running functions in its frames. It never reads
// or changes a page itself; the page scripts do.

/** @import {Tab, Plan} from "./types" */

/** The page scripts, which are put into pages. Each uses only those before it. */
export const pageScripts = ["dom.js", "region.js", "describe.js", "type.js", "pick.js", "fill.js"];

/**
 * A tab as the backend knows it. Its origin is empty where it shows no web page.
 * @param {chrome.tabs.Tab | undefined} tab @returns {Tab}
 */
export function tabInfo(tab) {
  const url = URL.parse(tab?.url ?? "");
  const isPage = url && /^https?:$/.test(url.protocol);
  return { id: tab?.id ?? 0, origin: isPage ? url.origin : "", host: isPage ? url.host : "", service: "" };
}

/**
 * Runs a function in a tab's frames. Without access to the tab there are no results.
 * @param {chrome.scripting.InjectionTarget} target
 * @param {(...args: any[]) => unknown} func @param {unknown[]} args
 */
export async function runInTab(target, func, args = []) {
  try {
    return await chrome.scripting.executeScript({ target, func, args });
  } catch {
    return [];
  }
}

/** Puts the page scripts into every frame of a tab. @param {number} tabId */
export async function injectScripts(tabId) {
  try {
    await chrome.scripting.executeScript({ target: { tabId, allFrames: true }, files: pageScripts });
  } catch {
    // Without access there is nothing to describe, and that is the answer.
  }
}

// The functions below run in the page. They find its scripts under a symbol, because a page can
// give an element any plain name.

/** Describes the frames of a tab. A frame without the scripts has no result. @param {number} tabId */
export const describeFrames = (tabId) =>
  runInTab({ tabId, allFrames: true }, () =>
    /** @type {any} */ (globalThis)[Symbol.for("companion")]?.page?.describe(),
  );

/** Types into one frame of a tab. @param {number} tabId @param {Plan} plan */
export const fillFrame = (tabId, plan) =>
  runInTab(
    { tabId, frameIds: [plan.frame] },
    (wanted) => /** @type {any} */ (globalThis)[Symbol.for("companion")]?.fill?.(wanted),
    [plan],
  );

/** Starts or stops the reports of changes of a tab's pages. @param {number} tabId @param {boolean} on */
export const watchFrames = (tabId, on) =>
  runInTab(
    { tabId, allFrames: true },
    (watching) => /** @type {any} */ (globalThis)[Symbol.for("companion")]?.page?.watch(watching),
    [on],
  );

/**
 * What a page calls its site, the best name first; nothing if another site has taken its place.
 * Runs in the page.
 * @param {string} origin
 */
export function readSiteNames(origin) {
  if (self.origin !== origin) return [];
  const meta = (/** @type {string} */ name) =>
    document.querySelector(`meta[name="${name}"], meta[property="${name}"]`)?.getAttribute("content") ?? "";
  return [meta("application-name"), meta("og:site_name"), meta("apple-mobile-web-app-title"), document.title];
}
