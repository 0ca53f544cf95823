// @ts-check
// What the parts of rendering share: which tree each element shows, how its action is sent,
// and how an attribute or a text is changed. It never decides what is shown.

/** @import {Node as Tree, Action} from "./types" */

/** @type {WeakMap<Element, Tree>} */
const trees = new WeakMap();

/** The tree that an element was rendered from last. @param {Element | null | undefined} element */
export const treeOf = (element) => (element ? trees.get(element) : undefined);

/** @param {Element} element @param {Tree} tree */
export const setTree = (element, tree) => trees.set(element, tree);

/** @type {(action: Action) => void} */
let onAction = () => {};

/** Sets who gets every action from now on. @param {(action: Action) => void} receiver */
export function sendActionsTo(receiver) {
  onAction = receiver;
}

/** @param {Action} action */
export const send = (action) => onAction(action);

/**
 * Sends the action of an element's tree, if it has one.
 * @param {Element} element @param {Partial<Action>} more what the person adds, such as a text
 */
export function act(element, more = {}) {
  const action = treeOf(element)?.action;
  if (action) send({ ...action, ...more });
}

/**
 * Sets an attribute where it differs, or removes it where there is no value.
 * @param {Element} element @param {string} name @param {string | undefined} value
 */
export function setAttribute(element, name, value) {
  if (value === undefined) element.removeAttribute(name);
  else if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}

/** @param {Element} element @param {string} text */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
