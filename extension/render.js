// @ts-check
// Renders the trees of wasm/internal/view and sends back their actions. Elements are
// kept by their keys, so that focus, selection and scrolling survive every change.

/** @import {View, Node as Tree, Action} from "./types" */

import { clock, sentence, span } from "./say.js";

const message = chrome.i18n.getMessage;
document.documentElement.lang = message("language_code");
document.documentElement.dir = message("@@bidi_dir") || "ltr";

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

/** @type {(action: Action) => void} */
let send = () => {};

/**
 * What each element was last rendered from.
 * @type {WeakMap<Element, Tree>}
 */
const trees = new WeakMap();

/** @param {Element | null | undefined} element */
const treeOf = (element) => (element ? trees.get(element) : undefined);

/** @param {Element} element @param {Partial<Action>} more */
function act(element, more = {}) {
  const action = treeOf(element)?.action;
  if (action) send({ ...action, ...more });
}

/** @param {string} key @param {ParentNode} within @returns {HTMLElement | null} */
const byKey = (key, within = document) => within.querySelector(`[data-key="${CSS.escape(key)}"]`);

// Reading out.

/** @type {string[]} */
let saying = [];
/** Whether what is rendered is only what was known last. @type {boolean} */
let glancing = false;
/** What was read out of an element. @type {WeakMap<Element, string>} */
const spoken = new WeakMap();

/** @param {string} text */
function announce(text) {
  if (!text) return;
  if (saying.push(text) > 1) return;
  setTimeout(() => {
    const region = document.querySelector("#said"),
      text = saying.join(" ");
    saying = [];
    if (!region) return;
    region.textContent = text;
    setTimeout(() => {
      if (region.textContent === text) region.textContent = "";
    }, 5000); // it is no part of the page
  }, 50);
}

/** @param {HTMLElement} element @param {Tree} tree */
function readOut(element, tree) {
  const text = tree.label ? sentence(tree.label) : element.innerText;
  if (glancing || spoken.get(element) === text) return;
  spoken.set(element, text);
  announce(text);
}

// Making and changing elements.

/** @param {Tree} tree @param {boolean} inline */
function create(tree, inline) {
  const tag = tags[tree.kind] ?? "div";
  const element = document.createElement(inline && /^(p|div)$/.test(tag) ? "span" : tag);
  if (tree.key) element.dataset.key = tree.key;
  switch (tree.kind) {
    case "button":
    case "toggle":
      /** @type {HTMLButtonElement} */ (element).type = "button";
      element.addEventListener("click", () => {
        const form = element.closest("form");
        if (form) return form.requestSubmit();
        if (element.closest(".top")) element.closest("main")?.scrollTo(0, 0);
        act(element);
        // Asked last, since the browser's own question may close the popup.
        const ask = treeOf(element)?.ask;
        if (ask) {
          chrome.permissions.request(
            ask.includes(":") ? { origins: [ask] } : { permissions: [/** @type {any} */ (ask)] },
          );
        }
      });
      break;
    case "copy":
      /** @type {HTMLButtonElement} */ (element).type = "button";
      element.addEventListener("click", () =>
        copy(element, treeOf(element)?.value, sentence(treeOf(element)?.label)),
      );
      break;
    case "form":
      element.addEventListener("submit", (event) => {
        event.preventDefault();
        act(element, { text: element.querySelector("input")?.value.trim() || " " });
      });
      break;
    case "fold":
      element.append(document.createElement("summary"), document.createElement("div"));
      break;
    case "command": {
      const button = copyButton(() => [treeOf(element)?.value, treeOf(element)?.value]);
      element.append(document.createElement("code"), button);
      break;
    }
    case "input":
      input(/** @type {HTMLInputElement} */ (element), tree);
      break;
    case "select":
      element.addEventListener("change", () =>
        act(element, { area_code: /** @type {HTMLSelectElement} */ (element).value }),
      );
      break;
    case "main":
      element.addEventListener("scroll", () => requestAnimationFrame(lookAround), { passive: true });
      break;
  }
  return element;
}

/** @param {HTMLInputElement} input @param {Tree} tree */
function input(input, tree) {
  input.type = tree.class?.includes("search") ? "search" : "text";
  input.autocomplete = "off";
  input.spellcheck = false;
  input.addEventListener("paste", () => {
    if (treeOf(input)?.pasted) setTimeout(() => input.form?.requestSubmit());
  });
  let timer = 0;
  const typed = () => {
    clearTimeout(timer);
    timer = 0;
    input.closest("main")?.scrollTo(0, 0);
    act(input, { text: input.value });
  };
  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(typed, 80);
  });
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || input.form) return;
    if (timer) typed();
    wanted = 1; // the first row, as soon as what was typed is answered
    if (!timer) focusWanted();
  });
}

/** @param {() => (string | undefined)[]} what the value, and what it is called */
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
  }, 1500);
}

/** @param {HTMLElement} element @param {string} name @param {string | undefined} value */
function attribute(element, name, value) {
  if (value === undefined) element.removeAttribute(name);
  else if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}

/** @param {HTMLElement} element @param {string} text */
function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** @param {HTMLElement} element @param {Tree} tree */
function update(element, tree) {
  const before = trees.get(element);
  trees.set(element, tree);
  attribute(element, "class", [tree.kind, tree.class].filter(Boolean).join(" "));
  const label = sentence(tree.label);
  switch (tree.kind) {
    case "input": {
      const input = /** @type {HTMLInputElement} */ (element);
      input.placeholder = label;
      attribute(input, "aria-label", label);
      input.disabled = Boolean(tree.disabled);
      // What a person is typing is never taken back.
      if (before?.value !== tree.value && document.activeElement !== input) input.value = tree.value ?? "";
      return;
    }
    case "select": {
      const select = /** @type {HTMLSelectElement} */ (element);
      attribute(select, "aria-label", label);
      if (JSON.stringify(before?.options) !== JSON.stringify(tree.options)) {
        select.replaceChildren(
          ...(tree.options ?? []).map((option) => new Option(sentence(option.text), option.value)),
        );
      }
      select.value = tree.value ?? "";
      return;
    }
    case "term":
      return term(element, tree, label, before);
    case "command": {
      write(/** @type {HTMLElement} */ (element.firstElementChild), tree.value ?? "");
      attribute(
        /** @type {HTMLElement} */ (element.lastElementChild),
        "aria-label",
        message("copy_of", [tree.value ?? ""]),
      );
      return;
    }
    case "report": {
      const area = /** @type {HTMLTextAreaElement} */ (element);
      area.readOnly = true;
      area.rows = 12;
      attribute(area, "aria-label", label);
      if (area.value !== tree.value) area.value = tree.value ?? "";
      return;
    }
    case "picture":
      attribute(element, "src", tree.value);
      attribute(element, "alt", "");
      return;
    case "countdown":
    case "progress":
      tick(element, tree);
      return;
    case "fold":
      write(/** @type {HTMLElement} */ (element.firstElementChild), sentence(tree.text));
      patch(/** @type {HTMLElement} */ (element.lastElementChild), tree.children ?? []);
      return;
    case "link":
      attribute(element, "href", tree.value);
      attribute(element, "target", "_blank");
      attribute(element, "rel", "noreferrer");
      break;
    case "button":
    case "toggle":
    case "copy":
      /** @type {HTMLButtonElement} */ (element).disabled = Boolean(tree.disabled);
      named(element, tree, label);
      break;
    case "nav":
    case "list":
      attribute(element, "aria-label", label || undefined);
      break;
    case "box":
      attribute(element, "role", label ? "group" : undefined);
      attribute(element, "aria-label", label || undefined);
      break;
  }
  if (tree.children || tree.kind === "main") patch(element, tree.children ?? []);
  else if (tree.text || !tree.label) write(element, sentence(tree.text));
  if (tree.kind === "list") stretch(element, tree);
  if (tree.live) readOut(element, tree);
}

/** What a button is called and how it stands. @param {HTMLElement} element @param {Tree} tree @param {string} label */
function named(element, tree, label) {
  const role = tree.class === "switch" ? "switch" : undefined;
  attribute(element, "role", role);
  if (tree.kind === "toggle") {
    attribute(element, role ? "aria-checked" : "aria-pressed", String(Boolean(tree.current)));
  } else attribute(element, "aria-current", tree.current ? "page" : undefined);
  if (!label) return;
  if (tree.kind === "copy") attribute(element, "aria-label", message("copy_of", [label]));
  else if (role || !tree.text) attribute(element, "aria-label", label);
  if (!role && tree.kind !== "copy") attribute(element, "title", label);
}

/** @param {HTMLElement} element @param {Tree} tree @param {string} label @param {Tree | undefined} before */
function term(element, tree, label, before) {
  if (before && JSON.stringify(before) === JSON.stringify(tree)) return;
  const name = document.createElement("dt"),
    value = document.createElement("dd");
  name.textContent = label;
  value.textContent = sentence(tree.text);
  if (tree.value) {
    const button = copyButton(() => [tree.value, label]);
    attribute(button, "aria-label", message("copy_of", [label]));
    value.append(" ", button);
  }
  element.replaceChildren(name, value);
}

/** @param {HTMLElement} element @param {Tree} tree */
function tick(element, tree) {
  const until = Date.parse(tree.until ?? ""),
    now = Date.now();
  if (tree.kind === "progress") {
    const since = Date.parse(tree.since ?? "");
    element.style.setProperty(
      "--part",
      Math.min(1, Math.max(0, (until - now) / (until - since || 1))).toFixed(3),
    );
    attribute(element, "aria-hidden", "true");
    return;
  }
  const left = Math.max(0, Math.ceil((until - now) / 1000));
  write(element, sentence(tree.text, clock(left)));
  if (!tree.label) return;
  attribute(element, "role", "timer"); // which is silent by itself
  const at = String(Math.ceil(left / 60)),
    known = element.dataset.minute;
  element.dataset.minute = at;
  if (known && known !== at) {
    announce(left ? sentence(tree.label, span(Number(at) * 60, "long")) : message("time_over"));
  }
}

/** @param {Element} parent @param {Tree[]} children */
function patch(parent, children) {
  const inList = parent.tagName === "UL",
    inline = Boolean(parent.closest("button"));
  /** @param {Element | null | undefined} wrapper */
  const inner = (wrapper) =>
    /** @type {HTMLElement | undefined} */ (inList ? wrapper?.firstElementChild : wrapper);
  /** @type {Map<string, Element>} */
  const known = new Map();
  /** @type {Element[]} */
  const loose = [];
  for (const wrapper of parent.children) {
    const key = treeOf(inner(wrapper))?.key;
    if (key) known.set(key, wrapper);
    else loose.push(wrapper);
  }
  let place = parent.firstElementChild;
  for (const tree of children) {
    let wrapper = tree.key ? known.get(tree.key) : loose.find((w) => treeOf(inner(w))?.kind === tree.kind);
    let element = inner(wrapper);
    if (treeOf(element)?.kind !== tree.kind) wrapper = element = undefined;
    const fresh = !element;
    if (!wrapper || !element) {
      element = create(tree, inline);
      wrapper = inList ? document.createElement("li") : element;
      if (inList) wrapper.append(element);
    } else if (tree.key) known.delete(tree.key);
    else loose.splice(loose.indexOf(wrapper), 1);
    if (wrapper === place) place = place.nextElementSibling;
    else parent.insertBefore(wrapper, place);
    update(element, tree);
    if (fresh && tree.kind === "input") /** @type {HTMLInputElement} */ (element).value = tree.value ?? "";
    if (fresh && tree.focus) asksFocus = element;
  }
  for (const wrapper of [...known.values(), ...loose]) wrapper.remove();
}

// Long lists: the page holds the rows in reach, and room for all the others.

/** @param {HTMLElement} list @param {Tree} tree */
function stretch(list, tree) {
  const rows = /** @type {HTMLElement[]} */ ([...list.children]),
    first = tree.first ?? 0,
    total = tree.total ?? 0;
  const height = rows[0]?.offsetHeight ?? 0;
  list.style.paddingBlock =
    total > rows.length ? `${first * height}px ${Math.max(0, total - first - rows.length) * height}px` : "";
  rows.forEach((row, i) => {
    attribute(row, "aria-setsize", total ? String(total) : undefined);
    attribute(row, "aria-posinset", total ? String(first + i + 1) : undefined);
  });
  // One row is reached by the Tab key, the others from it by the arrows.
  const buttons = rows
    .map((row) => /** @type {HTMLButtonElement} */ (row.firstElementChild))
    .filter((b) => b.matches("button:enabled"));
  const current =
    buttons.find((b) => b === document.activeElement) ??
    buttons.find((b) => b.tabIndex === 0 && b.dataset.reached) ??
    buttons[0];
  for (const b of buttons) b.tabIndex = b === current ? 0 : -1;
}

/** Asks for other rows where those that are looked at come near the end of those at hand. */
function lookAround() {
  for (const list of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("ul.list"))) {
    const tree = treeOf(list),
      main = list.closest("main"),
      count = tree?.children?.length ?? 0,
      first = tree?.first ?? 0,
      total = tree?.total ?? 0;
    const height = /** @type {HTMLElement | null} */ (list.firstElementChild)?.offsetHeight;
    if (!tree || !main || !height || total <= count) continue;
    const top = Math.max(
      0,
      Math.floor((main.getBoundingClientRect().top - list.getBoundingClientRect().top) / height),
    );
    const bottom = Math.min(total, top + Math.ceil(main.clientHeight / height));
    const near = 8;
    if ((first > 0 && top < first + near) || (first + count < total && bottom > first + count - near)) {
      reach(list, top);
    }
  }
}

/** @type {{list: Element, first: number} | undefined} */
let asked;
/** @param {Element} list @param {number} first */
function reach(list, first) {
  if (asked?.list === list && asked.first === first) return;
  asked = { list, first };
  act(list, { first });
}

// The keyboard.

/** The row to get the focus once it is there, counted from 1; 0: none. */
let wanted = 0;
/** What has just appeared and wants the focus. @type {HTMLElement | undefined} */
let asksFocus;
/** The keys of the rows and fields that had the focus, the last first. @type {string[]} */
let visited = [];
/** @type {View | undefined} */
let shown;

/** @returns {boolean} whether the wanted row is there */
function focusWanted() {
  const list = document.querySelector("ul.list:has(> li > button)");
  const row = /** @type {HTMLElement | undefined | null} */ (
    list?.querySelector(`li[aria-posinset="${wanted}"] > button`)
  );
  if (!list || !wanted) return false;
  if (!row) {
    const total = treeOf(list)?.total ?? 0;
    if (wanted <= total) {
      const height = /** @type {HTMLElement} */ (list.firstElementChild).offsetHeight;
      list.closest("main")?.scrollTo(0, (wanted - 1) * height);
      reach(list, wanted - 1);
    }
    return false;
  }
  wanted = 0;
  row.focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
  return true;
}

/** @param {KeyboardEvent} event @param {number} at the row that has the focus @param {number} total */
function rowFor(event, at, total) {
  const steps = /** @type {Record<string, number>} */ ({
    ArrowDown: at + 1,
    ArrowUp: at - 1,
    PageDown: at + 6,
    PageUp: at - 6,
    Home: 1,
    End: total,
  });
  return event.key in steps ? steps[event.key] : undefined;
}

document.addEventListener("keydown", (event) => {
  const target = /** @type {HTMLElement} */ (event.target);
  if (event.repeat && event.key === "Enter") return event.preventDefault(); // a key held down confirms nothing
  if (event.key === "Escape") {
    if (target instanceof HTMLInputElement && target.type === "search" && target.value) {
      target.value = "";
      target.dispatchEvent(new Event("input"));
      event.preventDefault();
    } else if (shown?.escape) {
      send(shown.escape);
      event.preventDefault();
    }
    return;
  }
  const item = target.closest("li"),
    list = item?.closest("ul");
  if (event.key === "ArrowDown" && target.matches(".search")) {
    wanted = 1;
    focusWanted();
    return event.preventDefault();
  }
  if (!item || !list || target.tagName !== "BUTTON") return;
  const next = rowFor(event, Number(item.getAttribute("aria-posinset")), treeOf(list)?.total ?? 0);
  if (next === undefined) return;
  event.preventDefault();
  if (next < 1 && event.key === "ArrowUp") {
    /** @type {HTMLElement | null} */ (document.querySelector("input.search"))?.focus();
    return;
  }
  const total = treeOf(list)?.total ?? 0,
    at = Number(item.getAttribute("aria-posinset"));
  // Rows that can't be chosen are passed over, at the end the other way.
  const closed = (/** @type {number} */ n) =>
    list.querySelector(`li[aria-posinset="${n}"] > button:disabled`);
  for (const step of next < at ? [-1, 1] : [1, -1]) {
    wanted = Math.max(1, Math.min(next, total));
    while (closed(wanted)) wanted += step;
    if (wanted >= 1 && wanted <= total) break;
  }
  focusWanted();
});

document.addEventListener("focusin", ({ target }) => {
  const element = /** @type {HTMLElement} */ (target),
    key = element.dataset.key;
  if (element.closest("li")) element.dataset.reached = "true";
  if (key && (element.closest("li") || element.matches("input"))) {
    visited = [key, ...visited.filter((k) => k !== key)].slice(0, 5);
  }
});

/** Gives the focus to where a person goes on, where it has nowhere to be. */
function settleFocus() {
  if (wanted && focusWanted()) return;
  const active = document.activeElement,
    lost = !active || active === document.body;
  const typing = active?.matches("input");
  if (lost) {
    for (const key of visited) {
      const element = byKey(key);
      if (element && !element.matches(":disabled")) return element.focus({ preventScroll: true });
    }
  }
  if ((lost || !typing) && asksFocus?.isConnected) asksFocus.focus({ preventScroll: true });
}

/** How far each screen was scrolled. @type {Map<string, number>} */
const scrolled = new Map();

/**
 * Renders view into root. onAction gets what the person asks for.
 * @param {Element} root @param {View} view @param {(action: Action) => void} onAction @param {boolean} glance whether it is only what was known last
 */
export function render(root, view, onAction, glance = false) {
  send = onAction;
  glancing = glance;
  asked = undefined;
  asksFocus = undefined;
  const main = root.querySelector("main"),
    another = view.screen !== shown?.screen;
  if (main && another) scrolled.set(shown?.screen ?? "", main.scrollTop);
  shown = view;
  document.title = sentence(view.title);
  attribute(/** @type {HTMLElement} */ (root), "aria-busy", glance ? "true" : undefined);
  patch(root, view.nodes ?? []);
  if (main && another) main.scrollTop = scrolled.get(view.screen ?? "") ?? 0;
  settleFocus();
  lookAround();
}

setInterval(() => {
  for (const element of /** @type {NodeListOf<HTMLElement>} */ (
    document.querySelectorAll(".countdown, .progress")
  )) {
    const tree = treeOf(element);
    if (tree) tick(element, tree);
  }
}, 1000);
