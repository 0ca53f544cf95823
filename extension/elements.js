// @ts-check
// Makes the element of each kind of node, and brings it up to date. It never looks at the
// children of a node; render.js does.

/** @import {Node as Tree, Text} from "./types" */

import { announce } from "./announce.js";
import { focusRow } from "./focus.js";
import { formatClock, formatSpan, localize } from "./i18n.js";
import { requestRowsInView } from "./rows.js";
import { act, setAttribute, setText, treeOf } from "./trees.js";

const message = chrome.i18n.getMessage;

/** How long typing has to rest before a search is sent, in milliseconds. */
const typingPause = 80;
/** How long a button says that it has copied, in milliseconds. */
const copiedTime = 1500;

/** @type {Record<string, string>} */
const tags = {
  header: "header",
  main: "main",
  footer: "footer",
  nav: "nav",
  fold: "details",
  title: "h1",
  heading: "h2",
  text: "p",
  button: "button",
  toggle: "button",
  copy: "button",
  link: "a",
  input: "input",
  select: "select",
  form: "form",
  list: "ul",
  term: "dl",
  command: "div",
  report: "textarea",
  picture: "img",
  countdown: "p",
  busy: "p",
};

/** What a new element of a kind gets once. @type {Record<string, (element: any, tree: Tree) => void>} */
const makers = {
  button: makeButton,
  toggle: makeButton,
  copy: makeCopy,
  form: makeForm,
  fold: (element) => element.append(document.createElement("summary"), document.createElement("div")),
  command: makeCommand,
  input: makeInput,
  select: (select) => select.addEventListener("change", () => act(select, { area_code: select.value })),
  main: (main) =>
    main.addEventListener("scroll", () => requestAnimationFrame(requestRowsInView), { passive: true }),
};

/**
 * Makes an element for a node; updateElement fills it.
 * @param {Tree} tree @param {boolean} inline whether it stands in a button, where no block may
 * @returns {HTMLElement}
 */
export function makeElement(tree, inline) {
  const tag = tags[tree.kind] ?? "div";
  const element = document.createElement(inline && /^(p|div)$/.test(tag) ? "span" : tag);
  if (tree.key) element.dataset.key = tree.key;
  makers[tree.kind]?.(element, tree);
  return element;
}

/** @param {HTMLButtonElement} button */
function makeButton(button) {
  button.type = "button";
  button.addEventListener("click", () => {
    const form = button.closest("form");
    if (form) return form.requestSubmit();
    if (button.closest(".top")) button.closest("main")?.scrollTo(0, 0);
    act(button);
    // Asked last, since the browser's own question may close the popup.
    askPermission(treeOf(button)?.ask);
  });
}

/** @param {string | undefined} permission a pattern of sites, or the name of a permission */
function askPermission(permission) {
  if (!permission) return;
  const asked = permission.includes(":") ? { origins: [permission] } : { permissions: [permission] };
  chrome.permissions.request(/** @type {chrome.permissions.Permissions} */ (asked));
}

/** @param {HTMLButtonElement} button */
function makeCopy(button) {
  button.type = "button";
  button.addEventListener("click", () =>
    copy(button, treeOf(button)?.value, localize(treeOf(button)?.label)),
  );
}

/** @param {HTMLFormElement} form */
function makeForm(form) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    act(form, { text: form.querySelector("input")?.value.trim() || " " });
  });
}

/** @param {HTMLElement} element */
function makeCommand(element) {
  const button = copyButton(() => [treeOf(element)?.value, treeOf(element)?.value]);
  element.append(document.createElement("code"), button);
}

/** @param {HTMLInputElement} input @param {Tree} tree */
function makeInput(input, tree) {
  input.type = tree.class?.includes("search") ? "search" : "text";
  input.autocomplete = "off";
  input.spellcheck = false;
  input.addEventListener("paste", () => {
    if (treeOf(input)?.pasted) setTimeout(() => input.form?.requestSubmit());
  });
  let timer = 0;
  const sendText = () => {
    clearTimeout(timer);
    timer = 0;
    input.closest("main")?.scrollTo(0, 0);
    act(input, { text: input.value });
  };
  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(sendText, typingPause);
  });
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || input.form) return;
    if (timer) sendText();
    focusRow(1);
  });
}

/** @param {() => (string | undefined)[]} what gives the value, and what it is called */
function copyButton(what) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "copy small";
  button.textContent = message("copy");
  button.addEventListener("click", () => copy(button, ...what()));
  return button;
}

/** @param {HTMLElement} button @param {string | undefined} value @param {string | undefined} name */
async function copy(button, value = "", name = "") {
  await navigator.clipboard.writeText(value);
  button.textContent = message("copied");
  announce(message("copied_said", [name]));
  setTimeout(() => {
    button.textContent = message("copy");
  }, copiedTime);
}

/**
 * What a node is called and was before.
 * @typedef {{label: string, before: Tree | undefined}} Context
 */

/**
 * Kinds that bring all of their element up to date themselves.
 * @type {Record<string, (element: any, tree: Tree, context: Context) => void>}
 */
const wholeUpdaters = {
  input: updateInput,
  select: updateSelect,
  term: updateTerm,
  command: updateCommand,
  report: updateReport,
  picture: updatePicture,
  countdown: updateTime,
  progress: updateTime,
};

/**
 * Kinds that set attributes, and hold a text or other nodes.
 * @type {Record<string, (element: any, tree: Tree, label: string) => void>}
 */
const attributeUpdaters = {
  link: updateLink,
  button: updateButton,
  toggle: updateButton,
  copy: updateButton,
  nav: updateGroup,
  list: updateGroup,
  box: updateBox,
};

/**
 * Brings an element up to date with its tree, all but the text or the nodes in it.
 * @param {HTMLElement} element @param {Tree} tree @param {Tree | undefined} before what it showed until now
 * @returns {boolean} whether the text or the nodes in it are still to be updated
 */
export function updateElement(element, tree, before) {
  setAttribute(element, "class", [tree.kind, tree.class].filter(Boolean).join(" "));
  const label = localize(tree.label);
  const updateWhole = wholeUpdaters[tree.kind];
  if (updateWhole) {
    updateWhole(element, tree, { label, before });
    return false;
  }
  attributeUpdaters[tree.kind]?.(element, tree, label);
  return true;
}

/** @param {HTMLInputElement} input @param {Tree} tree @param {Context} context */
function updateInput(input, tree, { label, before }) {
  input.placeholder = label;
  setAttribute(input, "aria-label", label);
  input.disabled = Boolean(tree.disabled);
  // What a person is typing is never taken back.
  if (before?.value !== tree.value && document.activeElement !== input) input.value = tree.value ?? "";
}

/** @param {HTMLSelectElement} select @param {Tree} tree @param {Context} context */
function updateSelect(select, tree, { label, before }) {
  setAttribute(select, "aria-label", label);
  if (JSON.stringify(before?.options) !== JSON.stringify(tree.options)) {
    const options = tree.options ?? [];
    select.replaceChildren(...options.map((option) => new Option(localize(option.text), option.value)));
  }
  select.value = tree.value ?? "";
}

/** @param {HTMLElement} element @param {Tree} tree @param {Context} context */
function updateTerm(element, tree, { label, before }) {
  if (before && JSON.stringify(before) === JSON.stringify(tree)) return;
  const name = document.createElement("dt");
  const value = document.createElement("dd");
  name.textContent = label;
  value.textContent = localize(tree.text);
  if (tree.value) {
    const button = copyButton(() => [tree.value, label]);
    setAttribute(button, "aria-label", message("copy_of", [label]));
    value.append(" ", button);
  }
  element.replaceChildren(name, value);
}

/** @param {HTMLElement} element @param {Tree} tree */
function updateCommand(element, { value = "" }) {
  setText(/** @type {HTMLElement} */ (element.firstElementChild), value);
  const button = /** @type {HTMLElement} */ (element.lastElementChild);
  setAttribute(button, "aria-label", message("copy_of", [value]));
}

/** @param {HTMLTextAreaElement} area @param {Tree} tree @param {Context} context */
function updateReport(area, tree, { label }) {
  area.readOnly = true;
  area.rows = 12;
  setAttribute(area, "aria-label", label);
  if (area.value !== tree.value) area.value = tree.value ?? "";
}

/** @param {HTMLElement} element @param {Tree} tree */
function updatePicture(element, tree) {
  setAttribute(element, "src", tree.value);
  setAttribute(element, "alt", "");
}

/** @param {HTMLElement} element @param {Tree} tree */
function updateLink(element, tree) {
  setAttribute(element, "href", tree.value);
  setAttribute(element, "target", "_blank");
  setAttribute(element, "rel", "noreferrer");
}

/** @param {HTMLButtonElement} button @param {Tree} tree @param {string} label */
function updateButton(button, tree, label) {
  button.disabled = Boolean(tree.disabled);
  const role = tree.class === "switch" ? "switch" : undefined;
  setAttribute(button, "role", role);
  if (tree.kind === "toggle") {
    setAttribute(button, role ? "aria-checked" : "aria-pressed", String(Boolean(tree.current)));
  } else {
    setAttribute(button, "aria-current", tree.current ? "page" : undefined);
  }
  if (!label) return;
  if (tree.kind === "copy") setAttribute(button, "aria-label", message("copy_of", [label]));
  else if (role || !tree.text) setAttribute(button, "aria-label", label);
  if (!role && tree.kind !== "copy") setAttribute(button, "title", label);
}

/** @param {HTMLElement} element @param {Tree} tree @param {string} label */
function updateGroup(element, tree, label) {
  setAttribute(element, "aria-label", label || undefined);
}

/** @param {HTMLElement} element @param {Tree} tree @param {string} label */
function updateBox(element, tree, label) {
  setAttribute(element, "role", label ? "group" : undefined);
  setAttribute(element, "aria-label", label || undefined);
}

/** Shows what is left of a time. @param {HTMLElement} element @param {Tree} tree */
function updateTime(element, tree) {
  if (tree.kind === "progress") updateProgress(element, tree);
  else updateCountdown(element, tree);
}

/** @param {HTMLElement} element @param {Tree} tree */
function updateProgress(element, tree) {
  const until = Date.parse(tree.until ?? "");
  const since = Date.parse(tree.since ?? "");
  const part = (until - Date.now()) / (until - since || 1);
  element.style.setProperty("--part", Math.min(1, Math.max(0, part)).toFixed(3));
  setAttribute(element, "aria-hidden", "true");
}

/** @param {HTMLElement} element @param {Tree} tree */
function updateCountdown(element, tree) {
  const left = Math.max(0, Math.ceil((Date.parse(tree.until ?? "") - Date.now()) / 1000));
  setText(element, localize(tree.text, formatClock(left)));
  if (tree.label) announceMinute(element, tree.label, left);
}

/**
 * Announces each minute that begins, and the end.
 * @param {HTMLElement} element @param {Text} label @param {number} left in seconds
 */
function announceMinute(element, label, left) {
  setAttribute(element, "role", "timer"); // which is silent by itself
  const minute = String(Math.ceil(left / 60));
  const last = element.dataset.minute;
  element.dataset.minute = minute;
  if (!last || last === minute) return;
  announce(left ? localize(label, formatSpan(Number(minute) * 60, "long")) : message("time_over"));
}

setInterval(() => {
  const elements = document.querySelectorAll(".countdown, .progress");
  for (const element of /** @type {NodeListOf<HTMLElement>} */ (elements)) {
    const tree = treeOf(element);
    if (tree) updateTime(element, tree);
  }
}, 1000);
