// @ts-check
// Types into a frame's fields what a plan says. It chooses nothing itself and submits nothing: it
// presses no Enter, and clicks nothing but a country picker and its option.

/** @typedef {import("./types").Step} Step */
/** @typedef {import("./types").Plan} Plan */

/**
 * What describe.js shares.
 * @typedef {{
 *   id: string,
 *   elementOf: (ref: number) => HTMLElement | undefined,
 *   shorten: (text: string | null | undefined) => string,
 *   attribute: (element: Element, name: string) => string,
 * }} DescribedPage
 */

/** @type {any} */ (globalThis)[Symbol.for("companion")].fill ??= (() => {
  /** @type {{dom: Dom, region: Region, page: DescribedPage}} */
  const { dom, region: regions, page } = /** @type {any} */ (globalThis)[Symbol.for("companion")];
  const { id, elementOf, shorten, attribute } = page;
  const { regionOf } = regions;

  const pause = (/** @type {number} */ ms) => new Promise((resolve) => setTimeout(resolve, ms));
  /** Only the letters and digits of a text, which pages often write apart. */
  const plain = (/** @type {string} */ text) => text.normalize("NFKC").replace(/[^\p{L}\p{N}]/gu, "");

  /** @param {HTMLElement} element */
  const valueOf = (element) =>
    element.isContentEditable
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
    if (!taken()) {
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
    selectAll(element);
    document.execCommand("delete");
    if (valueOf(element)) setValue(element, "");
    for (const character of value) {
      const before = valueOf(element);
      pressKey(element, "keydown", character);
      if (valueOf(element) === before) pressKey(element, "keypress", character);
      if (valueOf(element) === before) document.execCommand("insertText", false, character);
      pressKey(element, "keyup", character);
      await pause(5);
    }
    element.dispatchEvent(new Event("change", { bubbles: true }));
  }

  /** @param {HTMLSelectElement} select @param {Step} step */
  function chooseOption(select, step) {
    focus(select);
    select.selectedIndex = step.option;
    select.dispatchEvent(new Event("input", { bubbles: true, composed: true }));
    select.dispatchEvent(new Event("change", { bubbles: true }));
  }

  /**
   * Clicks as a mouse does. What would send a form or leave the page is not clicked.
   * @param {HTMLElement} element
   */
  function click(element) {
    const sends = /** @type {HTMLInputElement | null} */ (element.closest("button, input, a[href]"));
    const leaves =
      sends && (sends.localName === "a" || sends.type === "image" || (sends.type === "submit" && sends.form));
    if (leaves) return false;
    const box = element.getBoundingClientRect();
    const how = {
      bubbles: true,
      cancelable: true,
      composed: true,
      button: 0,
      clientX: box.x + box.width / 2,
      clientY: box.y + box.height / 2,
      view: window,
    };
    element.dispatchEvent(
      new PointerEvent("pointerdown", { ...how, pointerType: "mouse", isPrimary: true, buttons: 1 }),
    );
    element.dispatchEvent(new MouseEvent("mousedown", { ...how, buttons: 1, detail: 1 }));
    if (element.isConnected) {
      element.dispatchEvent(new PointerEvent("pointerup", { ...how, pointerType: "mouse", isPrimary: true }));
    }
    if (element.isConnected) element.dispatchEvent(new MouseEvent("mouseup", { ...how, detail: 1 }));
    if (element.isConnected) element.click();
    return true;
  }

  /**
   * Whether an option is the one of a name: a calling code, an ISO code of a region, or its text.
   * @param {HTMLElement} option @param {string} name
   */
  function isNamed(option, name) {
    if (!name) return false;
    const text = shorten(option.textContent);
    if (name.startsWith("+")) {
      return (text.match(/\+\s*\d[\d-]*/g) ?? []).some((code) => plain(code) === plain(name));
    }
    if (/^[A-Z]{2}$/.test(name)) {
      const parts = [option, ...option.querySelectorAll("*")].slice(0, 12);
      return parts.some((part) => hasRegion(part, name)) || text === name || regionOf(text) === name;
    }
    return text.toLowerCase().startsWith(name.toLowerCase());
  }

  /** Whether an attribute of an element names a region. @param {Element} element @param {string} region */
  function hasRegion(element, region) {
    const named = [...dom.attributes(element)].filter(
      ({ name, value }) => value.length < 60 && /^(data-|value|id|class|lang|title)/.test(name),
    );
    return named.some(({ name, value }) => {
      const isCode = /^data-|^value/.test(name) && value.length < 4;
      const words = value.split(/[^A-Za-z]+/);
      return words.some((word) => word === region || (isCode && word.toUpperCase() === region));
    });
  }

  /**
   * The options that a picker shows, shadow trees included.
   * @param {HTMLElement} picker @param {HTMLElement | undefined} field @returns {HTMLElement[]}
   */
  function optionsOf(picker, field) {
    const lists = [...listsOf(picker), ...elementsAround(picker, field)];
    const selector = ":is([role=option], [role=menuitem], [role=menuitemradio], li):not(form)";
    const found = new Set(lists.flatMap((list) => [...dom.querySelectorAll(list, selector)]));
    return [...found].filter((option) => isDrawn(option) && !option.contains(picker));
  }

  /** The lists that a picker names, and all others. @param {HTMLElement} picker @returns {HTMLElement[]} */
  function listsOf(picker) {
    const tree = dom.treeOf(picker);
    const ids = ["aria-controls", "aria-owns"].flatMap((name) => attribute(picker, name).split(/\s+/));
    const named = ids.filter(Boolean).map((one) => tree.getElementById(one));
    const selector = "[role=listbox], [role=menu], [role=grid], [role=dialog] ul";
    const others = [...new Set([tree, document])].flatMap((root) => [...root.querySelectorAll(selector)]);
    return /** @type {HTMLElement[]} */ ([...named.filter(Boolean), ...others]);
  }

  /**
   * The elements around a picker, up to the one that holds its field too.
   * @param {HTMLElement} picker @param {HTMLElement | undefined} field
   */
  function elementsAround(picker, field) {
    const elements = [];
    let around = /** @type {HTMLElement | null} */ (picker.parentElement);
    for (let i = 0; around && i < 3; i++, around = dom.parentElement(around)) {
      if (around instanceof HTMLFormElement || around === document.body) break;
      elements.push(around);
      if (field && around.contains(field)) break;
    }
    return elements;
  }

  /** Whether an element is visible, and not folded away by one around it. @param {HTMLElement} element */
  function isDrawn(element) {
    if (!element.checkVisibility({ visibilityProperty: true })) return false;
    let around = /** @type {HTMLElement | null} */ (element);
    for (let i = 0; around instanceof HTMLElement && i < 4; i++, around = dom.parentElement(around)) {
      if (dom.offsetHeight(around) < 2 && getComputedStyle(around).overflow !== "visible") return false;
    }
    return true;
  }

  /** Elements that may be options although they do not say so. */
  function unnamedOptions() {
    const selector = ":is([class*=option], [class*=item], [class*=country]):not(form)";
    const found = /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(selector));
    return [...found].filter(isDrawn);
  }

  /**
   * Chooses in a picker that is no select, by clicks. A picker without the option is closed again.
   * @param {HTMLElement} picker @param {Step} step @param {HTMLElement | undefined} field
   * @returns {Promise<boolean>} whether the option was there
   */
  async function pick(picker, step, field) {
    const names = step.pick ?? [];
    const before = new Set(unnamedOptions());
    let clicked = false;
    const find = () => {
      const options = optionsOf(picker, field);
      if (clicked && !options.length) {
        options.push(...unnamedOptions().filter((option) => !before.has(option) && !option.contains(picker)));
      }
      return firstNamed(options, names);
    };
    let option = find();
    if (!option) {
      if (!click(picker)) return false;
      clicked = true;
      option = await findSoon(find, 8);
    }
    option ??= await searchOption(names, field, find);
    const target = option?.querySelector("button, [role=button]:not(form)") ?? option;
    if (target && click(/** @type {HTMLElement} */ (target))) {
      await pause(80);
      return true;
    }
    await closePicker(picker);
    return false;
  }

  /** The option of the first name that one has. @param {HTMLElement[]} options @param {string[]} names */
  function firstNamed(options, names) {
    for (const name of names) {
      const option = options.find((one) => isNamed(one, name));
      if (option) return option;
    }
    return undefined;
  }

  /** @param {() => HTMLElement | undefined} find @param {number} tries 40 ms apart */
  async function findSoon(find, tries) {
    for (let i = 0; i < tries; i++) {
      const option = find();
      if (option) return option;
      await pause(40);
    }
    return undefined;
  }

  /**
   * Types names into the search field of an open picker until its option comes.
   * @param {string[]} names @param {HTMLElement | undefined} field
   * @param {() => HTMLElement | undefined} find
   */
  async function searchOption(names, field, find) {
    const search = /** @type {HTMLElement | null} */ (document.activeElement);
    if (!(search instanceof HTMLInputElement) || search === field || search.type === "tel") return undefined;
    for (const name of names.filter((one) => one.length > 2)) {
      typeText(search, name);
      const option = await findSoon(find, 5);
      if (option) return option;
    }
    return undefined;
  }

  /** @param {HTMLElement} picker */
  async function closePicker(picker) {
    const how = { key: "Escape", code: "Escape", bubbles: true, cancelable: true, composed: true };
    for (const element of [document.activeElement, picker]) {
      if (element) dom.dispatchEvent(element, new KeyboardEvent("keydown", how));
    }
    await pause(40);
    if (attribute(picker, "aria-expanded") === "true") click(picker);
  }

  /**
   * Whether an element holds what a step typed, in any way of writing it.
   * @param {HTMLElement | undefined} element @param {Step} step
   */
  function holds(element, step) {
    if (!element) return false;
    if (step.pick?.length) return true;
    if (!element.isConnected) return true; // the page took it and went on
    if (element instanceof HTMLSelectElement) return element.selectedIndex === step.option;
    const value = plain(valueOf(element));
    const ways = [step.value, step.alone ?? "", ...(step.else ?? []), ...(step.accept ?? [])];
    return ways.some((way) => way && plain(way) === value);
  }

  /** @param {HTMLElement} element */
  const isRefused = (element) =>
    element.isConnected &&
    (attribute(element, "aria-invalid") === "true" ||
      (element instanceof HTMLInputElement &&
        (element.validity.patternMismatch || element.validity.tooLong || element.validity.badInput)));

  /**
   * Types a value, or the first of the other ways to write it that the field takes.
   * @param {HTMLElement} element @param {Step} step @param {string} value
   */
  async function typeAnyWay(element, step, value) {
    const ways = [value, ...(step.else ?? [])];
    if (ways.length === 1) return typeText(element, value);
    const wasRefused = isRefused(element);
    const fitting = ways.filter((way) => fits(element, way));
    for (const way of [...fitting, value].slice(0, 4)) {
      typeText(element, way);
      await pause(60);
      if (!element.isConnected) return;
      const isThere = () =>
        plain(valueOf(element)).endsWith(plain(way).slice(-7)) &&
        holds(element, { ...step, accept: [...(step.accept ?? []), way] });
      if (!isThere() && !way.startsWith("+") && element === document.activeElement) {
        await typeSlowly(element, way);
        await pause(30);
      }
      if (isThere() && (wasRefused || !isRefused(element))) return;
    }
  }

  /**
   * Whether a field's length and pattern allow a value.
   * @param {HTMLElement} element @param {string} value
   */
  function fits(element, value) {
    const { maxLength } = /** @type {HTMLInputElement} */ (element);
    if (maxLength > 0 && value.length > maxLength) return false;
    const pattern = attribute(element, "pattern");
    try {
      return !pattern || new RegExp(`^(?:${pattern})$`, "u").test(value);
    } catch {
      return true;
    }
  }

  /**
   * Makes a function that gives an element, or the one in its place if the page has drawn it again.
   * @param {HTMLElement} element
   */
  function follow(element) {
    const tree = dom.treeOf(element);
    const selector = "input, select, [contenteditable]:not(form)";
    const all = () => [.../** @type {NodeListOf<HTMLElement>} */ (tree.querySelectorAll(selector))];
    const before = all();
    const place = before.indexOf(element);
    return () => {
      if (element.isConnected || place < 0) return element;
      const now = all();
      return now.length === before.length ? now[place] : element;
    };
  }

  /** Waits for a box that opens once the one before it is filled. @param {HTMLElement} element */
  async function isEnabledSoon(element) {
    for (let i = 0; i < 5 && element.matches(":disabled"); i++) await pause(30);
    return !element.matches(":disabled");
  }

  /**
   * Types a whole code into the first of its boxes, for a page that spreads it over all of them. If
   * the page does not, the first box keeps only its own character.
   * @param {string} whole @param {(() => HTMLElement | undefined)[]} boxes
   */
  async function typeAcross(whole, boxes) {
    const first = boxes[0]();
    if (!first?.isConnected) return false;
    typeText(first, whole);
    await pause(60);
    if (!first.isConnected) return true;
    const values = boxes.map((box) => plain(valueOf(box() ?? first)));
    if (values.join("") === plain(whole) && values[0].length === 1) return true;
    if (values[0] === plain(whole)) setValue(first, whole[0]);
    return false;
  }

  /**
   * Whether this is the document that the plan is for, still of its site, in a page of the site that
   * the person saw.
   * @param {Plan} plan
   */
  function isMeant(plan) {
    // Only a frame has ancestors, and not every browser tells them.
    const top = [...(location.ancestorOrigins ?? [])].at(-1) ?? "null";
    return plan.document === id && self.origin === plan.origin && (top === "null" || top === plan.top);
  }

  /**
   * A step, and what gives its element as the page has drawn it last.
   * @typedef {{step: Step, current: () => HTMLElement | undefined}} Target
   */

  /** @param {Target} target */
  const isDone = ({ step, current }) => holds(current(), step);

  /** Fills the fields of a plan, and says whether they hold what was typed. @param {Plan} plan */
  async function fill(plan) {
    if (!isMeant(plan)) return { kept: false, gone: true };
    const targets = plan.steps.map((step) => {
      const element = elementOf(step.ref);
      return { step, current: element?.isConnected ? follow(element) : () => element };
    });
    const picked = await fillAll(targets, Boolean(plan.whole));
    await pause(60);
    let kept = targets.every(isDone);
    if (!kept && plan.whole) {
      const boxes = targets.map(({ current }) => current);
      kept = await typeAcross(plan.whole, boxes);
    }
    leave(targets.at(-1)?.current());
    return { kept, detail: picked ? undefined : "the country could not be chosen" };
  }

  /**
   * @param {Target[]} targets @param {boolean} areBoxes whether they are boxes of one code
   * @returns {Promise<boolean>} whether the country could be chosen, if one was to be
   */
  async function fillAll(targets, areBoxes) {
    const field = targets.at(-1)?.current();
    let picked = true;
    for (const [i, { step, current }] of targets.entries()) {
      const element = current();
      if (!element?.isConnected) continue;
      if (areBoxes && !(await isEnabledSoon(element))) break;
      if (step.unless && targets.slice(0, i).every(isDone)) break;
      if (step.pick?.length) picked = await pick(element, step, field);
      else await fillField(element, step, picked);
      await pause(targets.length > 1 ? 30 : 0);
    }
    return picked;
  }

  /**
   * @param {HTMLElement} element @param {Step} step @param {boolean} picked whether the country is chosen
   */
  async function fillField(element, step, picked) {
    if (element instanceof HTMLSelectElement) return chooseOption(element, step);
    const isAlone = !picked || valueOf(element).trim().startsWith("+");
    if (step.alone && isAlone) return typeAnyWay(element, { ...step, else: [] }, step.alone);
    return typeAnyWay(element, step, step.value);
  }

  /** Takes the focus from a field. @param {HTMLElement | undefined} element */
  function leave(element) {
    if (!element?.isConnected) return;
    element.blur();
    if (document.hasFocus()) return;
    element.dispatchEvent(new FocusEvent("focusout", { bubbles: true, composed: true }));
  }

  return fill;
})();
