// A window without a browser, for tests: jsdom, and the little of layout and editing that the
// scripts ask for and jsdom lacks. An element takes up 200 by 20 pixels in a line of its own; the
// attribute data-box="x y width height" gives it another place.

import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { pageScripts } from "../tabs.js";

const { JSDOM } = createRequire(new URL("../../scripts/lint/package.json", import.meta.url))("jsdom");

/** Opens a page. @param {string} html the content of its body @param {string} url */
export function openWindow(html = "", url = "https://shop.test/signup") {
  const { window } = new JSDOM(`<!doctype html><html lang="en"><body>${html}</body></html>`, {
    url,
    pretendToBeVisual: true,
    runScripts: "outside-only",
  });
  addLayout(window);
  addOthers(window);
  addEditing(window);
  return window;
}

/**
 * Runs the page scripts in a window, as executeScript does, and gives what they share.
 * @param {any} window
 */
export function runPageScripts(window) {
  for (const file of pageScripts) window.eval(readFileSync(new URL(`../${file}`, import.meta.url), "utf8"));
  return window.eval('globalThis[Symbol.for("companion")]');
}

/** @param {any} prototype @param {Record<string, any>} members functions, and getters as {get} */
function define(prototype, members) {
  for (const [name, member] of Object.entries(members)) {
    const isGetter = typeof member === "object";
    Object.defineProperty(
      prototype,
      name,
      isGetter ? { ...member, configurable: true } : { value: member, configurable: true, writable: true },
    );
  }
}

/** @param {any} window */
function addLayout(window) {
  const { document } = window;
  const boxOf = (element) => {
    const given = element.getAttribute("data-box")?.split(" ").map(Number);
    if (given) return given;
    if (element === document.body || element === document.documentElement) return [0, 0, 1000, 10_000];
    return [10, 30 * [...document.querySelectorAll("*")].indexOf(element), 200, 20];
  };
  const parentOf = Object.getOwnPropertyDescriptor(window.Node.prototype, "parentElement").get;
  const styles = (element) => window.getComputedStyle(element);
  define(window.Element.prototype, {
    getBoundingClientRect() {
      return new window.DOMRect(...boxOf(this));
    },
    checkVisibility({ visibilityProperty = false, opacityProperty = false } = {}) {
      for (let around = this; around; around = parentOf.call(around) ?? around.getRootNode().host) {
        if (styles(around).display === "none") return false;
        if (opacityProperty && styles(around).opacity === "0") return false;
      }
      return !visibilityProperty || styles(this).visibility !== "hidden";
    },
    scrollIntoView() {},
    scrollTo(x, y) {
      this.scrollTop = y;
    },
  });
  define(window.Range.prototype, {
    getBoundingClientRect() {
      return new window.DOMRect(...boxOf(this.startContainer.parentElement));
    },
  });
  define(window.HTMLElement.prototype, {
    offsetWidth: {
      get() {
        return boxOf(this)[2];
      },
    },
    offsetHeight: {
      get() {
        return boxOf(this)[3];
      },
    },
    clientHeight: {
      get() {
        return boxOf(this)[3];
      },
    },
    innerText: {
      get() {
        return this.textContent;
      },
    },
  });
}

/** What jsdom lacks beside layout. @param {any} window */
function addOthers(window) {
  define(window.HTMLIFrameElement.prototype, {
    sandbox: {
      get() {
        return { contains: (token) => (this.getAttribute("sandbox") ?? "").includes(token) };
      },
    },
  });
  window.CSS = { escape: (text) => text.replace(/[^\w-]/g, "\\$&") };
  window.DOMRect ??= class {
    constructor(x, y, width, height) {
      Object.assign(this, { x, y, width, height, left: x, top: y, right: x + width, bottom: y + height });
    }
  };
}

/** @param {any} window */
function addEditing(window) {
  const { document } = window;
  define(window.HTMLElement.prototype, {
    isContentEditable: {
      get() {
        const editable = this.closest("[contenteditable]");
        return Boolean(editable) && editable.getAttribute("contenteditable") !== "false";
      },
    },
  });
  document.execCommand = (command, _, text = "") => {
    const field = document.activeElement;
    const how = { bubbles: true, cancelable: true, inputType: command, data: text };
    if (!field.dispatchEvent(new window.InputEvent("beforeinput", how))) return false;
    if (field.isContentEditable) field.textContent = text;
    else {
      const [start, end] = [field.selectionStart ?? 0, field.selectionEnd ?? 0];
      const room = field.maxLength < 0 ? Infinity : field.maxLength - field.value.length + end - start;
      field.setRangeText(text.slice(0, room), start, end, "end");
    }
    field.dispatchEvent(new window.InputEvent("input", how));
    return true;
  };
}
