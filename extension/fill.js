// @ts-check
// Types into a frame's fields what it is told. It chooses nothing, and it submits nothing:
// no Enter, and no click but on a picker of countries and its option.

/** @typedef {import("./types").Step} Step */
/** @typedef {import("./types").Plan} Plan */

/** @type {any} */ (globalThis)[Symbol.for("companion")].fill ??= (() => {
  /**
   * @type {{dom: Dom, page: {id: string, elementOf: (ref: number) => HTMLElement | undefined, regionOf: (text: string) => string | undefined, short: (text: string | null | undefined) => string, attribute: (element: Element, name: string) => string}}}
   */
  const {
    dom,
    page: { id, elementOf, regionOf, short, attribute },
  } = /** @type {any} */ (globalThis)[Symbol.for("companion")];

  const pause = (/** @type {number} */ ms) => new Promise((resolve) => setTimeout(resolve, ms));
  const plain = (/** @type {string} */ text) => text.normalize("NFKC").replace(/[^\p{L}\p{N}]/gu, "");

  /** @param {HTMLElement} element */
  const valueOf = (element) =>
    element.isContentEditable
      ? (element.textContent ?? "")
      : (/** @type {HTMLInputElement} */ (element).value ?? "");

  /** @param {HTMLElement} element @param {string} type @param {string} value @returns {boolean} */
  function key(element, type, value) {
    const one = value.length === 1;
    const keyCode = one ? value.toUpperCase().charCodeAt(0) : 229;
    const code = /^\d$/.test(value)
      ? `Digit${value}`
      : /^[a-z]$/i.test(value)
        ? `Key${value.toUpperCase()}`
        : "";
    return element.dispatchEvent(
      new KeyboardEvent(
        type,
        /** @type {any} */ ({
          key: one ? value : "Unidentified",
          code,
          keyCode,
          which: keyCode,
          charCode: type === "keypress" ? keyCode : 0,
          bubbles: true,
          cancelable: true,
          composed: true,
        }),
      ),
    );
  }

  /** Gives a field the keyboard, and says so where the window has none to give. */
  /** @param {HTMLElement} element */
  function focus(element) {
    let told = false;
    const tell = () => {
      told = true;
    };
    element.addEventListener("focus", tell, { once: true });
    const had = dom.treeOf(element).activeElement === element;
    element.focus({ preventScroll: true });
    element.removeEventListener("focus", tell);
    if (told || (had && document.hasFocus())) return;
    element.dispatchEvent(new FocusEvent("focus", { composed: true }));
    element.dispatchEvent(new FocusEvent("focusin", { bubbles: true, composed: true }));
  }

  /** @param {HTMLElement} element */
  function selectAll(element) {
    if (element.isContentEditable) getSelection()?.selectAllChildren(element);
    else /** @type {HTMLInputElement} */ (element).select?.();
  }

  /** @param {HTMLElement} element @param {string} value */
  function write(element, value) {
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

  /** Types as a person's keyboard would, and by other ways where the page does not take that. */
  /** @param {HTMLElement} element @param {string} value */
  function type(element, value) {
    const taken = () => !element.isConnected || plain(valueOf(element)) === plain(value);
    focus(element);
    key(element, "keydown", value);
    if (!taken() && value.length === 1) key(element, "keypress", value);
    if (!taken()) {
      selectAll(element);
      document.execCommand("insertText", false, value);
    }
    if (!taken()) write(element, value);
    key(element, "keyup", value);
    element.dispatchEvent(new Event("change", { bubbles: true }));
  }

  /** Types one character after the other, for fields that group as one types. */
  /** @param {HTMLElement} element @param {string} value */
  async function typeSlowly(element, value) {
    focus(element);
    selectAll(element);
    document.execCommand("delete");
    if (valueOf(element)) write(element, "");
    for (const character of value) {
      const before = valueOf(element);
      key(element, "keydown", character);
      if (valueOf(element) === before) key(element, "keypress", character);
      if (valueOf(element) === before) document.execCommand("insertText", false, character);
      key(element, "keyup", character);
      await pause(5);
    }
    element.dispatchEvent(new Event("change", { bubbles: true }));
  }

  /** @param {HTMLSelectElement} select @param {Step} step */
  function choose(select, step) {
    focus(select);
    select.selectedIndex = step.option;
    select.dispatchEvent(new Event("input", { bubbles: true, composed: true }));
    select.dispatchEvent(new Event("change", { bubbles: true }));
  }

  /** Clicks as a mouse does. What would send a form or leave the page is not clicked. */
  /** @param {HTMLElement} element */
  function click(element) {
    const sends = /** @type {HTMLInputElement | null} */ (element.closest("button, input, a[href]"));
    const leaves =
      sends && (sends.localName === "a" || sends.type === "image" || (sends.type === "submit" && sends.form));
    if (leaves) return false;
    const at = element.getBoundingClientRect();
    const how = {
      bubbles: true,
      cancelable: true,
      composed: true,
      button: 0,
      clientX: at.x + at.width / 2,
      clientY: at.y + at.height / 2,
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

  /** @param {HTMLElement} option @param {string} name */
  function isCalled(option, name) {
    if (!name) return false;
    const text = short(option.textContent);
    if (name.startsWith("+")) {
      return (text.match(/\+\s*\d[\d-]*/g) ?? []).some((code) => plain(code) === plain(name));
    }
    if (/^[A-Z]{2}$/.test(name)) {
      const says = [option, ...option.querySelectorAll("*")]
        .slice(0, 12)
        .some((element) =>
          [...dom.attributes(element)].some(
            (a) =>
              a.value.length < 60 &&
              /^(data-|value|id|class|lang|title)/.test(a.name) &&
              a.value
                .split(/[^A-Za-z]+/)
                .some(
                  (word) =>
                    word === name ||
                    (/^data-|^value/.test(a.name) && word.toUpperCase() === name && a.value.length < 4),
                ),
          ),
        );
      return says || text === name || regionOf(text) === name;
    }
    return text.toLowerCase().startsWith(name.toLowerCase());
  }

  /** The options that a picker shows, shadow trees included. */
  /** @param {HTMLElement} picker @param {HTMLElement | undefined} field @returns {HTMLElement[]} */
  function optionsBeside(picker, field) {
    const lists = /** @type {HTMLElement[]} */ ([]);
    const named = ["aria-controls", "aria-owns"]
      .flatMap((name) => attribute(picker, name).split(/\s+/))
      .filter(Boolean);
    const tree = dom.treeOf(picker);
    for (const id of named) {
      lists.push(.../** @type {HTMLElement[]} */ ([tree.getElementById(id)].filter(Boolean)));
    }
    for (const place of new Set([tree, document])) {
      lists.push(
        .../** @type {HTMLElement[]} */ ([
          ...place.querySelectorAll("[role=listbox], [role=menu], [role=grid], [role=dialog] ul"),
        ]),
      );
    }
    let widget = /** @type {HTMLElement | null} */ (picker.parentElement);
    for (let i = 0; widget && i < 3; i++, widget = dom.parentElement(widget)) {
      if (widget instanceof HTMLFormElement || widget === document.body) break;
      lists.push(widget);
      if (field && widget.contains(field)) break;
    }
    const found = new Set(
      lists.flatMap((list) => [
        ...dom.querySelectorAll(
          list,
          ":is([role=option], [role=menuitem], [role=menuitemradio], li):not(form)",
        ),
      ]),
    );
    return [...found].filter((option) => isDrawn(option) && !option.contains(picker));
  }

  /** @param {HTMLElement} element */
  function isDrawn(element) {
    if (!element.checkVisibility({ visibilityProperty: true })) return false;
    for (
      let around = /** @type {HTMLElement | null} */ (element), i = 0;
      around instanceof HTMLElement && i < 4;
      around = dom.parentElement(around), i++
    ) {
      if (dom.offsetHeight(around) < 2 && getComputedStyle(around).overflow !== "visible") return false;
    }
    return true;
  }

  /** Elements that may be options although they do not say so. */
  const unnamedOptions = () =>
    [
      .../** @type {NodeListOf<HTMLElement>} */ (
        document.querySelectorAll(":is([class*=option], [class*=item], [class*=country]):not(form)")
      ),
    ].filter(isDrawn);

  /** Chooses in a picker that is no select, by clicks. */
  /**
   * @param {HTMLElement} picker @param {Step} step @param {HTMLElement | undefined} field
   * @returns {Promise<boolean>}
   */
  async function pick(picker, step, field) {
    const names = step.pick ?? [];
    const before = new Set(unnamedOptions());
    let clicked = false;
    const find = () => {
      const options = optionsBeside(picker, field);
      if (clicked && !options.length) {
        options.push(...unnamedOptions().filter((option) => !before.has(option) && !option.contains(picker)));
      }
      for (const name of names) {
        const option = options.find((one) => isCalled(one, name));
        if (option) return option;
      }
      return undefined;
    };
    let option = find();
    if (!option) {
      if (!click(picker)) return false;
      clicked = true;
      for (let i = 0; i < 8 && !(option = find()); i++) await pause(40);
    }
    const search = /** @type {HTMLElement | null} */ (document.activeElement);
    if (!option && search instanceof HTMLInputElement && search !== field && search.type !== "tel") {
      for (const name of names.filter((name) => name.length > 2)) {
        type(search, name);
        for (let i = 0; i < 5 && !(option = find()); i++) await pause(40);
        if (option) break;
      }
    }
    const target = option?.querySelector("button, [role=button]:not(form)") ?? option;
    if (target && click(/** @type {HTMLElement} */ (target))) {
      await pause(80);
      return true;
    }
    for (const element of [document.activeElement, picker]) {
      if (element) {
        dom.dispatchEvent(
          element,
          new KeyboardEvent("keydown", {
            key: "Escape",
            code: "Escape",
            bubbles: true,
            cancelable: true,
            composed: true,
          }),
        );
      }
    }
    await pause(40);
    if (attribute(picker, "aria-expanded") === "true") click(picker);
    return false;
  }

  /** @param {HTMLElement | undefined} element @param {Step} step */
  function kept(element, step) {
    if (!element) return false;
    if (step.pick?.length) return true;
    if (!element.isConnected) return true; // the page took it and went on
    if (element instanceof HTMLSelectElement) return element.selectedIndex === step.option;
    const value = plain(valueOf(element));
    return [step.value, step.alone ?? "", ...(step.else ?? []), ...(step.accept ?? [])].some(
      (text) => text && plain(text) === value,
    );
  }

  /** @param {HTMLElement} element */
  const refused = (element) =>
    element.isConnected &&
    (attribute(element, "aria-invalid") === "true" ||
      (element instanceof HTMLInputElement &&
        (element.validity.patternMismatch || element.validity.tooLong || element.validity.badInput)));

  /** Types a value, or the first of the other ways to write it that the field takes. */
  /** @param {HTMLElement} element @param {Step} step @param {string} value */
  async function typeAny(element, step, value) {
    const ways = [value, ...(step.else ?? [])];
    if (ways.length === 1) return type(element, value);
    const pattern = attribute(element, "pattern");
    const input = /** @type {HTMLInputElement} */ (element);
    const fits = (/** @type {string} */ way) => {
      if (input.maxLength > 0 && way.length > input.maxLength) return false;
      try {
        return !pattern || new RegExp(`^(?:${pattern})$`, "u").test(way);
      } catch {
        return true;
      }
    };
    const wasRefused = refused(element);
    for (const way of [...ways.filter(fits), value].slice(0, 4)) {
      type(element, way);
      await pause(60);
      if (!element.isConnected) return;
      const holds = () =>
        plain(valueOf(element)).endsWith(plain(way).slice(-7)) &&
        kept(element, { ...step, accept: [...(step.accept ?? []), way] });
      if (!holds() && !way.startsWith("+") && element === document.activeElement) {
        await typeSlowly(element, way);
        await pause(30);
      }
      if (holds() && (wasRefused || !refused(element))) return;
    }
  }

  /**
   * Finds an element again that the page has drawn anew while it was filled.
   * @param {HTMLElement} element
   */
  function follower(element) {
    const tree = dom.treeOf(element);
    const all = () => [
      .../** @type {NodeListOf<HTMLElement>} */ (
        tree.querySelectorAll("input, select, [contenteditable]:not(form)")
      ),
    ];
    const before = all(),
      at = before.indexOf(element);
    return () => {
      if (element.isConnected || at < 0) return element;
      const now = all();
      return now.length === before.length ? now[at] : element;
    };
  }

  /** Waits for a box that opens once the one before it is filled. */
  /** @param {HTMLElement} element */
  async function opened(element) {
    for (let i = 0; i < 5 && element.matches(":disabled"); i++) await pause(30);
    return !element.matches(":disabled");
  }

  /**
   * Types a whole code into the first of its boxes, for a page that spreads it over all; where one
   * doesn't, no box keeps the whole.
   */
  /** @param {string} whole @param {(() => HTMLElement | undefined)[]} boxes */
  async function spread(whole, boxes) {
    const first = boxes[0]();
    if (!first?.isConnected) return false;
    type(first, whole);
    await pause(60);
    if (!first.isConnected) return true;
    const held = boxes.map((box) => plain(valueOf(box() ?? first)));
    if (held.join("") === plain(whole) && held[0].length === 1) return true;
    if (held[0] === plain(whole)) write(first, whole[0]);
    return false;
  }

  /**
   * Whether this is the document that the plan is for, of its site, in a page of the site that the person
   * saw.
   */
  /** @param {Plan} plan */
  function isMeant(plan) {
    const top = [...(location.ancestorOrigins ?? [])].at(-1) ?? "null"; // of a frame alone, and not every browser tells each
    return plan.document === id && self.origin === plan.origin && (top === "null" || top === plan.top);
  }

  /** @param {Plan} plan */
  async function fill(plan) {
    if (!isMeant(plan)) return { kept: false, gone: true };
    const steps = plan.steps.map((step) => {
      const element = elementOf(step.ref);
      return { step, current: element?.isConnected ? follower(element) : () => element };
    });
    const field = steps.at(-1)?.current();
    let picked = true;
    for (const [i, { step, current }] of steps.entries()) {
      const element = current();
      if (!element?.isConnected) continue;
      if (plan.whole && !(await opened(element))) break;
      if (step.unless && steps.slice(0, i).every((done) => kept(done.current(), done.step))) break;
      if (step.pick?.length) picked = await pick(element, step, field);
      else if (element instanceof HTMLSelectElement) choose(element, step);
      else {
        const alone = step.alone && (!picked || valueOf(element).trim().startsWith("+"));
        await typeAny(element, alone ? { ...step, else: [] } : step, alone ? (step.alone ?? "") : step.value);
      }
      await pause(steps.length > 1 ? 30 : 0);
    }
    await pause(60);
    let all = steps.every(({ step, current }) => kept(current(), step));
    if (!all && plan.whole) {
      all = await spread(
        plan.whole,
        steps.map(({ current }) => current),
      );
    }
    const last = steps.at(-1)?.current();
    if (last?.isConnected) {
      last.blur();
      if (!document.hasFocus()) {
        last.dispatchEvent(new FocusEvent("focusout", { bubbles: true, composed: true }));
      }
    }
    return { kept: all, detail: picked ? undefined : "the country could not be chosen" };
  }

  return fill;
})();
