// @ts-check
// Reaching into tabs: where one is, and running code in its pages.

/** @import {Tab} from "./types" */

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
    await chrome.scripting.executeScript({ target: { tabId, allFrames: true }, files: ["describe.js", "fill.js"] });
  } catch {
    // Without access there is nothing to describe, and that is the answer.
  }
}

/** What a page calls its site, best first; runs in the page. */
export function siteNames() {
  const meta = (/** @type {string} */ name) =>
    document.querySelector(`meta[name="${name}"], meta[property="${name}"]`)?.getAttribute("content") ?? "";
  return [meta("application-name"), meta("og:site_name"), meta("apple-mobile-web-app-title")];
}
