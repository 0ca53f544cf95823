// @ts-check
// Renders the trees of wasm/internal/view and sends back their actions. Elements are
// kept by their keys, so that focus, selection and scrolling survive every change.

/** @import {View, Node as Tree, Action} from "./types" */

import { language, sentence } from "./say.js";

document.documentElement.lang = language;
if (chrome.i18n.getMessage("@@bidi_dir") === "rtl") document.documentElement.dir = "rtl";

/** @param {string} until */
function left(until) {
  const seconds = Math.max(0, Math.ceil((Date.parse(until) - Date.now()) / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

/** @type {Record<string, string>} */
const tags = {
  box: "div", heading: "h2", text: "p", button: "button", copy: "button", link: "a", input: "input", select: "select",
  form: "form", list: "ul", term: "dl", command: "pre", countdown: "p", progress: "div", busy: "p",
};

/** @type {(action: Action) => void} */
let send = () => {};

/**
 * What each element was last rendered from.
 * @type {WeakMap<Element, Tree>}
 */
const trees = new WeakMap();

/** @param {Element} element */
function act(element, text = "") {
  const action = trees.get(element)?.action;
  if (action) send(text ? { ...action, text } : action);
}

/** @param {Tree} tree */
function create(tree) {
  const element = document.createElement(tags[tree.kind] ?? "div");
  if (tree.key) element.dataset.key = tree.key;
  switch (tree.kind) {
    case "button":
      /** @type {HTMLButtonElement} */ (element).type = "button";
      element.addEventListener("click", () => {
        const form = element.closest("form");
        if (form) return form.requestSubmit();
        act(element);
        // Asked last, since the browser's own question may close the popup.
        const ask = trees.get(element)?.ask;
        if (ask) chrome.permissions.request({ origins: [ask] });
      });
      break;
    case "copy":
      /** @type {HTMLButtonElement} */ (element).type = "button";
      element.addEventListener("click", () => copy(element));
      break;
    case "form":
      element.addEventListener("submit", (event) => {
        event.preventDefault();
        act(element, element.querySelector("input")?.value.trim() || " ");
      });
      break;
    case "input": {
      const input = /** @type {HTMLInputElement} */ (element);
      input.type = "text";
      input.autocomplete = "off";
      input.spellcheck = false;
      input.addEventListener("paste", () => {
        if (trees.get(input)?.pasted) setTimeout(() => input.form?.requestSubmit());
      });
      let timer = 0;
      input.addEventListener("input", () => {
        clearTimeout(timer);
        timer = setTimeout(() => {
          const action = trees.get(input)?.action;
          if (action) send({ ...action, text: input.value });
        }, 120);
      });
      break;
    }
    case "select":
      element.addEventListener("change", () => {
        const action = trees.get(element)?.action;
        if (action) send({ ...action, area_code: /** @type {HTMLSelectElement} */ (element).value });
      });
      break;
  }
  return element;
}

/** @param {HTMLElement} element */
async function copy(element) {
  const value = trees.get(element)?.value ?? "";
  await navigator.clipboard.writeText(value);
  element.textContent = chrome.i18n.getMessage("copied");
  setTimeout(() => { element.textContent = sentence(trees.get(element)?.text); }, 1500);
}

/** @param {HTMLElement} element @param {string} name @param {string | undefined} value */
function attribute(element, name, value) {
  if (value) element.setAttribute(name, value);
  else element.removeAttribute(name);
}

/** @param {HTMLElement} element @param {Tree} tree */
function update(element, tree) {
  const before = trees.get(element);
  trees.set(element, tree);
  attribute(element, "class", [tree.kind, tree.class].filter(Boolean).join(" "));
  attribute(element, "aria-live", tree.live || tree.kind === "busy" ? "polite" : undefined);
  switch (tree.kind) {
    case "input": {
      const input = /** @type {HTMLInputElement} */ (element);
      input.placeholder = sentence(tree.label);
      attribute(input, "aria-label", sentence(tree.label));
      input.disabled = Boolean(tree.disabled);
      // What a person is typing is never taken back.
      if (before?.value !== tree.value && document.activeElement !== input) input.value = tree.value ?? "";
      return;
    }
    case "select": {
      const select = /** @type {HTMLSelectElement} */ (element);
      attribute(select, "aria-label", sentence(tree.label));
      if (JSON.stringify(before?.options) !== JSON.stringify(tree.options)) {
        select.replaceChildren(...(tree.options ?? []).map((option) => new Option(sentence(option.text), option.value)));
      }
      select.value = tree.value ?? "";
      return;
    }
    case "term": {
      const name = document.createElement("dt"), value = document.createElement("dd");
      name.textContent = sentence(tree.label);
      value.textContent = sentence(tree.text);
      element.replaceChildren(name, value);
      return;
    }
    case "command":
      element.textContent = tree.value ?? "";
      return;
    case "countdown":
    case "progress":
      tick(element, tree);
      return;
    case "link":
      attribute(element, "href", tree.value);
      attribute(element, "target", "_blank");
      attribute(element, "rel", "noreferrer");
      break;
    case "button":
    case "copy":
      /** @type {HTMLButtonElement} */ (element).disabled = Boolean(tree.disabled);
      attribute(element, "aria-current", tree.current ? "true" : undefined);
      break;
    case "list":
      attribute(element, "aria-label", sentence(tree.label));
      break;
  }
  if (tree.kind === "button" && tree.label) attribute(element, "title", sentence(tree.label));
  if (tree.children) patch(element, tree.children);
  else if (tree.text) {
    const text = sentence(tree.text);
    if (element.textContent !== text) element.textContent = text;
  }
}

/** @param {HTMLElement} element @param {Tree} tree */
function tick(element, tree) {
  const until = tree.until ?? "";
  if (tree.kind === "countdown") {
    const text = sentence(tree.text, left(until));
    if (element.textContent !== text) element.textContent = text;
    return;
  }
  const since = Date.parse(tree.since ?? ""), end = Date.parse(until);
  const part = Math.min(1, Math.max(0, (end - Date.now()) / (end - since || 1)));
  element.style.setProperty("--part", part.toFixed(3));
  element.setAttribute("aria-hidden", "true");
}

/** @param {Element} parent @param {Tree[]} children */
function patch(parent, children) {
  const inList = parent.tagName === "UL";
  /** @type {Map<string, HTMLElement>} */
  const known = new Map();
  const loose = [];
  for (const wrapper of /** @type {HTMLElement[]} */ ([...parent.children])) {
    const element = /** @type {HTMLElement} */ (inList ? wrapper.firstElementChild : wrapper);
    const tree = trees.get(element);
    if (tree?.key) known.set(tree.key, wrapper);
    else loose.push(wrapper);
  }
  let place = parent.firstElementChild;
  for (const tree of children) {
    let wrapper = tree.key ? known.get(tree.key) : loose.find((w) => trees.get(/** @type {Element} */ (inList ? w.firstElementChild : w))?.kind === tree.kind);
    let element = /** @type {HTMLElement | undefined} */ (inList ? wrapper?.firstElementChild : wrapper);
    if (element && trees.get(element)?.kind !== tree.kind) wrapper = element = undefined;
    const fresh = !element;
    if (!wrapper || !element) {
      element = create(tree);
      wrapper = inList ? document.createElement("li") : element;
      if (inList) wrapper.append(element);
    } else if (tree.key) known.delete(tree.key);
    else loose.splice(loose.indexOf(wrapper), 1);
    if (wrapper === place) place = place.nextElementSibling;
    else parent.insertBefore(wrapper, place);
    update(element, tree);
    if (fresh && tree.kind === "input") /** @type {HTMLInputElement} */ (element).value = tree.value ?? "";
    if (fresh && tree.focus && !document.activeElement?.matches("input")) element.focus({ preventScroll: true });
  }
  for (const wrapper of [...known.values(), ...loose]) wrapper.remove();
}

/**
 * Renders view into root. onAction gets what the person asks for.
 * @param {Element} root @param {View} view @param {(action: Action) => void} onAction
 */
export function render(root, view, onAction) {
  send = onAction;
  document.title = sentence(view.title);
  patch(root, view.nodes ?? []);
}

setInterval(() => {
  for (const element of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(".countdown, .progress"))) {
    const tree = trees.get(element);
    if (tree) tick(element, tree);
  }
}, 1000);
