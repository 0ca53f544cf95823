// @ts-check
// Long lists. The page holds only the rows in reach and keeps room for the others; this asks
// for those as the person scrolls. It never makes or changes the content of a row.

/** @import {Node as Tree} from "./types" */

import { act, setAttribute, treeOf } from "./trees.js";

/** More rows are asked for when fewer than this many are left above or below those in view. */
const margin = 8;

/** What was asked for and has not been answered. @type {{list: Element, first: number} | undefined} */
let pending;

/** Marks the last request for rows as answered. */
export function rowsArrived() {
  pending = undefined;
}

/**
 * Asks for the rows of a list from first on, once until they arrive.
 * @param {Element} list @param {number} first counted from 0
 */
export function requestRows(list, first) {
  if (pending?.list === list && pending.first === first) return;
  pending = { list, first };
  act(list, { first });
}

/**
 * Gives a list the height of all its rows, and tells each row its place.
 * @param {HTMLElement} list @param {Tree} tree
 */
export function layOutRows(list, tree) {
  const rows = /** @type {HTMLElement[]} */ ([...list.children]);
  const first = tree.first ?? 0;
  const total = tree.total ?? 0;
  list.style.paddingBlock = total > rows.length ? roomAround(rows, first, total) : "";
  rows.forEach((row, i) => {
    setAttribute(row, "aria-setsize", total ? String(total) : undefined);
    setAttribute(row, "aria-posinset", total ? String(first + i + 1) : undefined);
  });
  setTabStop(rows);
}

/**
 * The room that the missing rows take above and below.
 * @param {HTMLElement[]} rows @param {number} first @param {number} total
 */
function roomAround(rows, first, total) {
  const height = rows[0]?.offsetHeight ?? 0;
  return `${first * height}px ${Math.max(0, total - first - rows.length) * height}px`;
}

/**
 * Lets the Tab key reach one row; the arrow keys reach the others from there.
 * @param {HTMLElement[]} rows
 */
function setTabStop(rows) {
  const buttons = rows
    .map((row) => /** @type {HTMLButtonElement} */ (row.firstElementChild))
    .filter((button) => button.matches("button:enabled"));
  const stop =
    buttons.find((button) => button === document.activeElement) ??
    buttons.find((button) => button.tabIndex === 0 && button.dataset.reached) ??
    buttons[0];
  for (const button of buttons) button.tabIndex = button === stop ? 0 : -1;
}

/** Asks for more rows of each list whose end comes into view. */
export function requestRowsInView() {
  const lists = /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("ul.list"));
  for (const list of lists) {
    const tree = treeOf(list);
    const view = rowsInView(list, tree?.total ?? 0);
    if (tree && view && isNearEnd(tree, view)) requestRows(list, view.top);
  }
}

/**
 * The rows that the person sees, counted from 0; undefined where that can't be known.
 * @param {HTMLElement} list @param {number} total
 */
function rowsInView(list, total) {
  const main = list.closest("main");
  const height = /** @type {HTMLElement | null} */ (list.firstElementChild)?.offsetHeight;
  if (!main || !height) return undefined;
  const above = main.getBoundingClientRect().top - list.getBoundingClientRect().top;
  const top = Math.max(0, Math.floor(above / height));
  return { top, bottom: Math.min(total, top + Math.ceil(main.clientHeight / height)) };
}

/** @param {Tree} tree @param {{top: number, bottom: number}} view */
function isNearEnd(tree, { top, bottom }) {
  const { first = 0, total = 0 } = tree;
  const end = first + (tree.children?.length ?? 0);
  if (total <= end - first) return false;
  return (first > 0 && top < first + margin) || (end < total && bottom > end - margin);
}
