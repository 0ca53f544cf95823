// @ts-check
// The keyboard: which element has the focus after a change, and what the arrow keys, Enter and
// Escape do. It never changes what is shown, other than by sending an action or scrolling.

/** @import {Action} from "./types" */

import { requestRows } from "./rows.js";
import { send, treeOf } from "./trees.js";

/** How many rows Page Up and Page Down pass. */
const pageRows = 6;
/** How many places the focus had are remembered. */
const maxVisited = 5;

/** The row that gets the focus as soon as it is there, counted from 1; 0 for none. */
let wantedRow = 0;
/** The element that has just appeared and asks for the focus. @type {HTMLElement | undefined} */
let requestedBy;
/** The keys of the rows and fields that had the focus, the last one first. @type {string[]} */
let visited = [];
/** What the Escape key sends. @type {Action | undefined} */
let escapeAction;

/** Starts a render: what asked for the focus before has had its turn. @param {Action | undefined} escape */
export function beginRender(escape) {
  requestedBy = undefined;
  escapeAction = escape;
}

/** Asks for the focus for an element that has just appeared. @param {HTMLElement} element */
export function requestFocus(element) {
  requestedBy = element;
}

/** Gives a row of the list the focus, now or when it arrives. @param {number} row counted from 1 */
export function focusRow(row) {
  wantedRow = row;
  focusWantedRow();
}

/** Puts the focus where the person goes on, where a change has left it nowhere. */
export function settleFocus() {
  if (wantedRow && focusWantedRow()) return;
  const active = document.activeElement;
  const lost = !active || active === document.body;
  const last = lost ? lastVisited() : undefined;
  if (last) return last.focus({ preventScroll: true });
  const typing = active?.matches("input");
  if ((lost || !typing) && requestedBy?.isConnected) requestedBy.focus({ preventScroll: true });
}

/** The last element that had the focus and can have it again. */
function lastVisited() {
  for (const key of visited) {
    const element = /** @type {HTMLElement | null} */ (
      document.querySelector(`[data-key="${CSS.escape(key)}"]`)
    );
    if (element && !element.matches(":disabled")) return element;
  }
  return undefined;
}

/** @returns {boolean} whether the wanted row is there and has the focus */
function focusWantedRow() {
  const list = document.querySelector("ul.list:has(> li > button)");
  if (!list || !wantedRow) return false;
  const row = rowButton(list, wantedRow);
  if (!row) {
    fetchRow(list, wantedRow);
    return false;
  }
  wantedRow = 0;
  row.focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
  return true;
}

/** @param {Element} list @param {number} row @returns {HTMLElement | null} */
const rowButton = (list, row) => list.querySelector(`li[aria-posinset="${row}"] > button`);

/** Scrolls to where a row will be and asks for it. @param {Element} list @param {number} row */
function fetchRow(list, row) {
  const total = treeOf(list)?.total ?? 0;
  if (row > total) return;
  const height = /** @type {HTMLElement} */ (list.firstElementChild).offsetHeight;
  list.closest("main")?.scrollTo(0, (row - 1) * height);
  requestRows(list, row - 1);
}

document.addEventListener("keydown", (event) => {
  const target = /** @type {HTMLElement} */ (event.target);
  // A key that is held down confirms nothing.
  if (event.repeat && event.key === "Enter") return event.preventDefault();
  if (event.key === "Escape") return pressEscape(event, target);
  if (event.key === "ArrowDown" && target.matches(".search")) {
    focusRow(1);
    return event.preventDefault();
  }
  const item = target.closest("li");
  const list = item?.closest("ul");
  if (item && list && target.tagName === "BUTTON") moveInList(event, item, list);
});

/**
 * Empties a search field, or leaves the screen.
 * @param {KeyboardEvent} event @param {HTMLElement} target
 */
function pressEscape(event, target) {
  if (target instanceof HTMLInputElement && target.type === "search" && target.value) {
    target.value = "";
    target.dispatchEvent(new Event("input"));
  } else if (escapeAction) send(escapeAction);
  else return;
  event.preventDefault();
}

/** @param {KeyboardEvent} event @param {Element} item the row that has the focus @param {Element} list */
function moveInList(event, item, list) {
  const from = Number(item.getAttribute("aria-posinset"));
  const total = treeOf(list)?.total ?? 0;
  const to = rowFor(event.key, from, total);
  if (to === undefined) return;
  event.preventDefault();
  if (to < 1 && event.key === "ArrowUp") {
    /** @type {HTMLElement | null} */ (document.querySelector("input.search"))?.focus();
    return;
  }
  focusRow(enabledRow(list, from, to, total));
}

/**
 * The row that a key leads to, which may be beyond the list.
 * @param {string} key @param {number} from @param {number} total
 */
function rowFor(key, from, total) {
  /** @type {Record<string, number>} */
  const rows = {
    ArrowDown: from + 1,
    ArrowUp: from - 1,
    PageDown: from + pageRows,
    PageUp: from - pageRows,
    Home: 1,
    End: total,
  };
  return Object.hasOwn(rows, key) ? rows[key] : undefined;
}

/**
 * The row at a place, or the next one on the way that can be chosen; at the end of the list
 * the nearest one back.
 * @param {Element} list @param {number} from @param {number} to @param {number} total
 */
function enabledRow(list, from, to, total) {
  const isDisabled = (/** @type {number} */ row) =>
    list.querySelector(`li[aria-posinset="${row}"] > button:disabled`);
  let row = 0;
  for (const step of to < from ? [-1, 1] : [1, -1]) {
    row = Math.max(1, Math.min(to, total));
    while (isDisabled(row)) row += step;
    if (row >= 1 && row <= total) break;
  }
  return row;
}

document.addEventListener("focusin", ({ target }) => {
  const element = /** @type {HTMLElement} */ (target);
  const key = element.dataset.key;
  const inList = element.closest("li");
  if (inList) element.dataset.reached = "true";
  if (key && (inList || element.matches("input"))) {
    visited = [key, ...visited.filter((other) => other !== key)].slice(0, maxVisited);
  }
});
