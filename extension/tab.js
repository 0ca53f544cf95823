// @ts-check
// Reaching into tabs: where one is, and running code in its pages.

/** @import {Tab, Plan} from "./types" */

/**
 * A tab for the Go side; without an origin where it shows no web page.
 * @param {chrome.tabs.Tab | undefined} tab @returns {Tab}
 */
export function placeOf(tab) {
  const at = URL.parse(tab?.url ?? "");
  const page = at && /^https?:$/.test(at.protocol);
  return { id: tab?.id ?? 0, origin: page ? at.origin : "", host: page ? at.host : "", service: "" };
}

/**
 * Runs a function in a tab's frames. A browser that gives no access gives no results.
 * @param {chrome.scripting.InjectionTarget} target @param {(...args: any[]) => unknown} func @param {unknown[]} args
 */
export async function inPage(target, func, args = []) {
  try {
    return await chrome.scripting.executeScript({ target, func, args });
  } catch {
    return [];
  }
}

/** @param {number} tabId */
export async function inject(tabId) {
  try {
    await chrome.scripting.executeScript({
      target: { tabId, allFrames: true },
      files: ["dom.js", "describe.js", "fill.js"],
    });
  } catch {
    // Without access there is nothing to describe, and that is the answer.
  }
}

// What follows runs in the page. Its scripts are found under a symbol, which no element
// of the page can be named by.

/** What the frames of a tab have to describe; nothing of one that has no scripts yet. */
/** @param {number} tabId */
export const lookAt = (tabId) =>
  inPage({ tabId, allFrames: true }, () =>
    /** @type {any} */ (globalThis)[Symbol.for("companion")]?.page?.describe(),
  );

/** @param {number} tabId @param {Plan} plan */
export const typeInto = (tabId, plan) =>
  inPage(
    { tabId, frameIds: [plan.frame] },
    (plan) => /** @type {any} */ (globalThis)[Symbol.for("companion")]?.fill?.(plan),
    [plan],
  );

/** @param {number} tabId @param {boolean} on */
export const watchIn = (tabId, on) =>
  inPage(
    { tabId, allFrames: true },
    (on) => /** @type {any} */ (globalThis)[Symbol.for("companion")]?.page?.watch(on),
    [on],
  );

/** What a page calls its site, best first, while it is the one that was asked about. */
/** @param {string} origin */
export function siteNames(origin) {
  if (self.origin !== origin) return [];
  const meta = (/** @type {string} */ name) =>
    document.querySelector(`meta[name="${name}"], meta[property="${name}"]`)?.getAttribute("content") ?? "";
  return [meta("application-name"), meta("og:site_name"), meta("apple-mobile-web-app-title")];
}
