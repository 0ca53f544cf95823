// @ts-check
// Types into a frame's fields what a plan says. It chooses nothing itself and submits nothing: it
// presses no Enter, and only pick.js clicks.

/** @typedef {import("./types").Step} Step */
/** @typedef {import("./types").Plan} Plan */

/** @type {any} */ (globalThis)[Symbol.for("companion")].fill ??= (() => {
  /** @type {{dom: Dom, page: DescribedPage, typing: Typing, picker: CountryPicker}} */
  const { dom, page, typing, picker } = /** @type {any} */ (globalThis)[Symbol.for("companion")];
  const { id, elementOf, shorten, attribute } = page;
  const { pause, plain, valueOf, focus, isActive, setValue, typeText, typeSlowly } = typing;
  const { pick, showsAnother } = picker;

  /**
   * The index of the option that a step chooses, though the page may have changed the options since.
   * @param {HTMLSelectElement} select @param {Step} step @returns {number} -1 if it is gone
   */
  function indexOfOption(select, step) {
    const isIt = (/** @type {HTMLOptionElement | undefined} */ option) =>
      shorten(option?.value, 60) === step.value;
    return isIt(select.options[step.option]) ? step.option : [...select.options].findIndex(isIt);
  }

  /** @param {HTMLSelectElement} select @param {Step} step */
  function chooseOption(select, step) {
    const index = indexOfOption(select, step);
    if (index < 0) return;
    focus(select);
    select.selectedIndex = index;
    select.dispatchEvent(new Event("input", { bubbles: true, composed: true }));
    select.dispatchEvent(new Event("change", { bubbles: true }));
  }

  /**
   * Whether an element holds what a step typed, in any way of writing it. A telephone number is
   * compared by its digits.
   * @param {HTMLElement} element @param {Step} step
   */
  function holds(element, step) {
    if (element instanceof HTMLSelectElement) {
      return element.selectedIndex >= 0 && element.selectedIndex === indexOfOption(element, step);
    }
    const value = plain(valueOf(element));
    const digits = value.replace(/\D/g, "");
    const ways = [step.value, step.alone ?? "", ...(step.else ?? []), ...(step.accept ?? [])].filter(Boolean);
    return ways.map(plain).some((way) => way === value || (/^\d{7,}$/.test(way) && way === digits));
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
      if (!isThere() && !way.startsWith("+") && isActive(element)) {
        await typeSlowly(element, way);
        await pause(30);
      }
      if (isThere() && (wasRefused || !isRefused(element))) return;
    }
  }

  /** @param {HTMLElement} element @param {string} value */
  function isLongEnough(element, value) {
    const { maxLength } = /** @type {HTMLInputElement} */ (element);
    return !(maxLength > 0 && value.length > maxLength);
  }

  /**
   * Whether a field's length and pattern allow a value.
   * @param {HTMLElement} element @param {string} value
   */
  function fits(element, value) {
    if (!isLongEnough(element, value)) return false;
    const pattern = attribute(element, "pattern");
    try {
      return !pattern || new RegExp(`^(?:${pattern})$`, "u").test(value);
    } catch {
      return true;
    }
  }

  /**
   * Makes a function that gives an element, or the one in its place if the page has drawn it again:
   * one of its kind at the same place, or of the same name.
   * @param {HTMLElement} element
   */
  function follow(element) {
    const tree = dom.treeOf(element);
    const fields = "input, select, [contenteditable]:not(form)";
    const selector = element.matches(fields) ? fields : element.localName;
    const all = () => [.../** @type {NodeListOf<HTMLElement>} */ (tree.querySelectorAll(selector))];
    const before = all();
    const place = before.indexOf(element);
    return () => {
      if (element.isConnected) return element;
      const now = all();
      if (now.length === before.length && isAlike(now[place], element)) return now[place];
      const named = now.filter((one) => nameOf(element) && nameOf(one) === nameOf(element));
      return named.length === 1 && isAlike(named[0], element) ? named[0] : element;
    };
  }

  /** @param {Element} element */
  const nameOf = (element) => element.id || attribute(element, "name");

  /** Whether two elements are fields of one kind. @param {Element} one @param {Element} other */
  const isAlike = (one, other) =>
    one.localName === other.localName &&
    ["type", "name", "maxlength", "autocomplete", "role"].every(
      (name) => attribute(one, name) === attribute(other, name),
    );

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
   * A step, what gives its element as the page has drawn it last, and what came of it: nothing yet,
   * or that it was carried out, that it was not needed, that it failed.
   * @typedef {{
   *   step: Step, current: () => HTMLElement | undefined, state?: "done" | "needless" | "failed",
   * }} Target
   */

  /**
   * Whether the page kept what a step did. A field that is gone held it until then, and none of its
   * name has taken its place.
   * @param {Target} target @param {HTMLElement | undefined} field the last one, a number's
   */
  function isKept({ step, current, state }, field) {
    const element = current();
    if (state === "needless") return true;
    if (state !== "done" || !element) return false;
    return step.pick?.length ? !showsAnother(element, step, field) : holds(element, step);
  }

  /** Fills the fields of a plan, and says whether they hold what was typed. @param {Plan} plan */
  async function fill(plan) {
    if (!isMeant(plan)) return { kept: false, gone: true };
    /** @type {Target[]} */
    const targets = plan.steps.map((step) => {
      const element = elementOf(step.ref);
      return { step, current: element?.isConnected ? follow(element) : () => element };
    });
    const picked = await fillAll(targets, Boolean(plan.whole));
    await pause(60);
    let kept = areKept(targets);
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
    let picked = true;
    for (const [i, target] of targets.entries()) {
      const element = target.current();
      if (areBoxes && element && !(await isEnabledSoon(element))) break;
      if (target.step.unless && areKept(targets.slice(0, i))) {
        for (const later of targets.slice(i)) later.state = "needless";
        break;
      }
      if (target.step.pick?.length) picked = await chooseCountry(targets.slice(i));
      else if (element?.isConnected) await carryOut(target, element, picked);
      await pause(targets.length > 1 ? 30 : 0);
    }
    return picked;
  }

  /** @param {Target[]} targets */
  const areKept = (targets) => targets.every((target) => isKept(target, targets.at(-1)?.current()));

  /**
   * Chooses in the first of the targets, a picker. A country that could not be chosen is no failure
   * where the number is typed with its calling code, unless the page cuts that off.
   * @param {Target[]} targets the picker's and those after it
   */
  async function chooseCountry(targets) {
    const [{ step, current }] = targets;
    const element = current();
    const picked = element?.isConnected && (await pick(element, step, targets.at(-1)?.current()));
    const isTypedAlone = targets.some((later) => later.step.alone);
    targets[0].state = picked || isTypedAlone ? "done" : "failed";
    return Boolean(picked);
  }

  /**
   * @param {Target} target @param {HTMLElement} element
   * @param {boolean} picked whether the country is chosen
   */
  async function carryOut(target, element, picked) {
    const { step } = target;
    target.state = "done";
    if (element instanceof HTMLSelectElement) return chooseOption(element, step);
    const isAlone = !picked || valueOf(element).trim().startsWith("+");
    if (!step.alone || !isAlone) return typeAnyWay(element, step, step.value);
    const hasRoom = picked || isLongEnough(element, step.alone);
    if (hasRoom) return typeAnyWay(element, { ...step, else: [] }, step.alone);
    target.state = "failed";
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
