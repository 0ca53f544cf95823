// @ts-check
// Turns the views of wasm/internal/view into elements. An element is kept for as long as its
// node is there, so that focus, selection and scrolling survive every change. It never decides
// what a view says.

/** @import {View, Node as Tree, Action} from "./types" */

import { announceChange } from "./announce.js";
import { makeElement, updateElement } from "./elements.js";
import { beginRender, requestFocus, settleFocus } from "./focus.js";
import { localize } from "./i18n.js";
import { layOutRows, requestRowsInView, rowsArrived } from "./rows.js";
import { sendActionsTo, setAttribute, setText, setTree, treeOf } from "./trees.js";

document.documentElement.lang = chrome.i18n.getMessage("language_code");
document.documentElement.dir = chrome.i18n.getMessage("@@bidi_dir") || "ltr";

/** Whether the view is only what was known last, which is not announced. */
let cached = false;
/** The screen that is shown. @type {string | undefined} */
let screen;
/** How far each screen was scrolled. @type {Map<string, number>} */
const scrolled = new Map();

/**
 * Shows a view in root. Actions of the person go to onAction.
 * @param {Element} root @param {View} view @param {(action: Action) => void} onAction
 * @param {boolean} isCached whether the view is only what was known last
 */
export function render(root, view, onAction, isCached = false) {
  cached = isCached;
  sendActionsTo(onAction);
  rowsArrived();
  beginRender(view.escape);
  document.title = localize(view.title);
  setAttribute(root, "aria-busy", isCached ? "true" : undefined);
  keepScrolling(root, view, () => patch(root, view.nodes ?? []));
  settleFocus();
  requestRowsInView();
}

/**
 * Remembers how far the last screen was scrolled, and scrolls another to where it was.
 * @param {Element} root @param {View} view @param {() => void} change shows the view
 */
function keepScrolling(root, view, change) {
  const main = root.querySelector("main");
  const changes = view.screen !== screen;
  if (main && changes) scrolled.set(screen ?? "", main.scrollTop);
  screen = view.screen;
  change();
  if (main && changes) main.scrollTop = scrolled.get(view.screen ?? "") ?? 0;
}

/**
 * Makes the children of an element those of a list of nodes.
 * @param {Element} parent @param {Tree[]} children
 */
function patch(parent, children) {
  const inList = parent.tagName === "UL";
  const inline = Boolean(parent.closest("button"));
  const old = new OldChildren(parent, inList);
  let place = parent.firstElementChild;
  for (const tree of children) {
    const reused = old.take(tree);
    const wrapper = reused ?? makeChild(tree, inList, inline);
    if (wrapper === place) place = place.nextElementSibling;
    else parent.insertBefore(wrapper, place);
    const element = /** @type {HTMLElement} */ (inList ? wrapper.firstElementChild : wrapper);
    update(element, tree);
    if (!reused) welcome(element, tree);
  }
  old.removeRest();
}

/** @param {Tree} tree @param {boolean} inList @param {boolean} inline @returns {HTMLElement} */
function makeChild(tree, inList, inline) {
  const element = makeElement(tree, inline);
  if (!inList) return element;
  const row = document.createElement("li");
  row.append(element);
  return row;
}

/**
 * Gives a new element its first value, and the focus if it asks for it.
 * @param {HTMLElement} element @param {Tree} tree
 */
function welcome(element, tree) {
  if (tree.kind === "input") /** @type {HTMLInputElement} */ (element).value = tree.value ?? "";
  if (tree.focus) requestFocus(element);
}

/**
 * The children that an element has before a change, to be used again: by key, or by kind where there is
 * none.
 */
class OldChildren {
  /** @type {Map<string, Element>} */ #keyed = new Map();
  /** @type {Element[]} */ #unkeyed = [];
  #inList;

  /** @param {Element} parent @param {boolean} inList whether each child stands in a row of its own */
  constructor(parent, inList) {
    this.#inList = inList;
    for (const child of parent.children) {
      const key = this.#treeOf(child)?.key;
      if (key) this.#keyed.set(key, child);
      else this.#unkeyed.push(child);
    }
  }

  /** @param {Element | undefined} child */
  #treeOf(child) {
    return treeOf(this.#inList ? child?.firstElementChild : child);
  }

  /** Gives the child that can show a node, once. @param {Tree} tree */
  take(tree) {
    if (!tree.key) {
      const at = this.#unkeyed.findIndex((child) => this.#treeOf(child)?.kind === tree.kind);
      return at < 0 ? undefined : this.#unkeyed.splice(at, 1)[0];
    }
    const child = this.#keyed.get(tree.key);
    if (this.#treeOf(child)?.kind !== tree.kind) return undefined;
    this.#keyed.delete(tree.key);
    return child;
  }

  /** Removes the children that were not taken. */
  removeRest() {
    for (const child of [...this.#keyed.values(), ...this.#unkeyed]) child.remove();
  }
}

/** @param {HTMLElement} element @param {Tree} tree */
function update(element, tree) {
  const before = treeOf(element);
  setTree(element, tree);
  if (!updateElement(element, tree, before)) return;
  if (tree.kind === "fold") return updateFold(element, tree);
  if (tree.children || tree.kind === "main") patch(element, tree.children ?? []);
  else if (tree.text || !tree.label) setText(element, localize(tree.text));
  if (tree.kind === "list") layOutRows(element, tree);
  if (tree.live && !cached) announceChange(element, tree.label ? localize(tree.label) : element.innerText);
}

/** @param {HTMLElement} fold @param {Tree} tree */
function updateFold(fold, tree) {
  setText(/** @type {Element} */ (fold.firstElementChild), localize(tree.text));
  patch(/** @type {Element} */ (fold.lastElementChild), tree.children ?? []);
}
