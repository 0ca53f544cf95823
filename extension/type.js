// @ts-check
// Types into one field as a person's keyboard would, for fill.js and pick.js.

/**
 * What type.js shares.
 * @typedef {{
 *   pause: (ms: number) => Promise<unknown>,
 *   plain: (text: string) => string,
 *   valueOf: (element: HTMLElement) => string,
 *   focus: (element: HTMLElement) => void,
 *   isActive: (element: HTMLElement) => boolean,
 *   setValue: (element: HTMLElement, value: string) => void,
 *   typeText: (element: HTMLElement, value: string) => void,
 *   typeSlowly: (element: HTMLElement, value: string) => Promise<void>,
 * }} Typing
 */

/** @type {any} */ (globalThis)[Symbol.for("companion")].typing ??= (() => {
  /** @type {Dom} */
  const dom = /** @type {any} */ (globalThis)[Symbol.for("companion")].dom;

  const pause = (/** @type {number} */ ms) => new Promise((resolve) => setTimeout(resolve, ms));
  /** Only the letters and digits of a text, which pages often write apart. */
  const plain = (/** @type {string} */ text) => text.normalize("NFKC").replace(/[^\p{L}\p{N}]/gu, "");

  /** What stands in a field, also in one that the page has taken away. @param {HTMLElement} element */
  const valueOf = (element) =>
    element.hasAttribute("contenteditable")
      ? (element.textContent ?? "")
      : (/** @type {HTMLInputElement} */ (element).value ?? "");

  /**
   * The code of the key that types a character; empty for any but a Latin letter or a digit.
   * @param {string} value
   */
  function keyOf(value) {
    if (/^\d$/.test(value)) return `Digit${value}`;
    return /^[a-z]$/i.test(value) ? `Key${value.toUpperCase()}` : "";
  }

  /** @param {HTMLElement} element @param {string} event such as keydown @param {string} value */
  function pressKey(element, event, value) {
    const isOne = value.length === 1;
    const keyCode = isOne ? value.toUpperCase().charCodeAt(0) : 229;
    const init = {
      key: isOne ? value : "Unidentified",
      code: keyOf(value),
      keyCode,
      which: keyCode,
      charCode: event === "keypress" ? keyCode : 0,
      bubbles: true,
      cancelable: true,
      composed: true,
    };
    element.dispatchEvent(new KeyboardEvent(event, init));
  }

  /**
   * Gives a field the focus. A window in the background gives none, so the events are sent.
   * @param {HTMLElement} element
   */
  function focus(element) {
    let received = false;
    const listener = () => {
      received = true;
    };
    element.addEventListener("focus", listener, { once: true });
    const wasActive = dom.treeOf(element).activeElement === element;
    element.focus({ preventScroll: true });
    element.removeEventListener("focus", listener);
    if (received || (wasActive && document.hasFocus())) return;
    element.dispatchEvent(new FocusEvent("focus", { composed: true }));
    element.dispatchEvent(new FocusEvent("focusin", { bubbles: true, composed: true }));
  }

  /**
   * Whether what is typed goes into a field: the page may have moved the focus.
   * @param {HTMLElement} element
   */
  const isActive = (element) => dom.treeOf(element).activeElement === element;

  /** @param {HTMLElement} element */
  function selectAll(element) {
    if (element.isContentEditable) getSelection()?.selectAllChildren(element);
    else /** @type {HTMLInputElement} */ (element).select?.();
  }

  /**
   * Sets a field's value past the page's own setters.
   * @param {HTMLElement} element @param {string} value
   */
  function setValue(element, value) {
    if (element.isContentEditable) element.textContent = value;
    else Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value")?.set?.call(element, value);
    element.dispatchEvent(
      new InputEvent("input", {
        bubbles: true,
        composed: true,
        inputType: value.length > 1 ? "insertFromPaste" : "insertText",
        data: value,
      }),
    );
  }

  /**
   * Types as a person's keyboard would, and in other ways if the page does not take that.
   * @param {HTMLElement} element @param {string} value
   */
  function typeText(element, value) {
    const taken = () => !element.isConnected || plain(valueOf(element)) === plain(value);
    focus(element);
    pressKey(element, "keydown", value);
    if (!taken() && value.length === 1) pressKey(element, "keypress", value);
    if (!taken() && isActive(element)) {
      selectAll(element);
      document.execCommand("insertText", false, value);
    }
    if (!taken()) setValue(element, value);
    pressKey(element, "keyup", value);
    element.dispatchEvent(new Event("change", { bubbles: true }));
  }

  /**
   * Types one character after the other, for fields that group as one types.
   * @param {HTMLElement} element @param {string} value
   */
  async function typeSlowly(element, value) {
    focus(element);
    if (isActive(element)) {
      selectAll(element);
      document.execCommand("delete");
    }
    if (valueOf(element)) setValue(element, "");
    for (const character of value) {
      if (!isActive(element)) return;
      const before = valueOf(element);
      pressKey(element, "keydown", character);
      if (valueOf(element) === before) pressKey(element, "keypress", character);
      if (valueOf(element) === before) document.execCommand("insertText", false, character);
      pressKey(element, "keyup", character);
      await pause(5);
    }
    element.dispatchEvent(new Event("change", { bubbles: true }));
  }

  return { pause, plain, valueOf, focus, isActive, setValue, typeText, typeSlowly };
})();
