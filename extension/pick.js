// @ts-check
// Chooses a country in a picker that is no select, by clicks, and looks at what the picker shows
// then. It follows no link and sends no form.

/**
 * The step of a plan that chooses a country: its calling code with a plus, and the names that its
 * option may have. The calling code is among the names only if no other country has it.
 * @typedef {Pick<import("./types").Step, "value" | "pick">} PickStep
 */

/**
 * What pick.js shares.
 * @typedef {{
 *   pick: (picker: HTMLElement, step: PickStep, field: HTMLElement | undefined) => Promise<boolean>,
 *   showsAnother: (picker: HTMLElement, step: PickStep, field: HTMLElement | undefined) => boolean,
 * }} CountryPicker
 */

/** @type {any} */ (globalThis)[Symbol.for("companion")].picker ??= (() => {
  /** @type {{dom: Dom, region: Region, page: DescribedPage, typing: Typing}} */
  const { dom, region, page, typing } = /** @type {any} */ (globalThis)[Symbol.for("companion")];
  const { nameIn, regionOf, shownBy } = region;
  const { shorten, attribute } = page;
  const { pause, plain, typeText, valueOf } = typing;

  /**
   * Clicks as a mouse does. What would send a form or leave the page is not clicked.
   * @param {HTMLElement} element
   */
  function click(element) {
    const control = controlAt(element);
    const leaves =
      isInLink(element) ||
      control?.type === "image" ||
      control?.type === "reset" ||
      (control?.type === "submit" && control.form);
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
    addEventListener("submit", refuse, true);
    addEventListener("click", stay);
    element.dispatchEvent(
      new PointerEvent("pointerdown", { ...how, pointerType: "mouse", isPrimary: true, buttons: 1 }),
    );
    element.dispatchEvent(new MouseEvent("mousedown", { ...how, buttons: 1, detail: 1 }));
    if (element.isConnected) {
      element.dispatchEvent(new PointerEvent("pointerup", { ...how, pointerType: "mouse", isPrimary: true }));
    }
    if (element.isConnected) element.dispatchEvent(new MouseEvent("mouseup", { ...how, detail: 1 }));
    if (element.isConnected) element.click();
    removeEventListener("submit", refuse, true);
    removeEventListener("click", stay);
    return true;
  }

  /** Keeps a page's script from sending a form at a click that only chooses. @param {Event} event */
  function refuse(event) {
    event.preventDefault();
    event.stopImmediatePropagation();
  }

  /**
   * Keeps a link such as "#" from being followed: a <base> in the page makes it lead elsewhere.
   * @param {Event} event
   */
  function stay(event) {
    const link = /** @type {Element} */ (event.target).closest("a[href^='#'], area[href^='#']");
    if (link) event.preventDefault();
  }

  /**
   * The button or input that a click on an element reaches.
   * @param {HTMLElement} element @returns {HTMLInputElement | null}
   */
  function controlAt(element) {
    const control = element.closest("button, input, label");
    return /** @type {HTMLInputElement | null} */ (
      control instanceof HTMLLabelElement ? control.control : control
    );
  }

  /**
   * Whether an element is in a link that leads somewhere. One to nowhere, or to a script that only
   * chooses, is a button by another name.
   * @param {HTMLElement} element
   */
  function isInLink(element) {
    const link = element.closest("a[href], area[href]");
    if (!link) return false;
    const href = attribute(link, "href").trim();
    if (/^#(?![/!])/.test(href)) return false;
    return !/^javascript:/i.test(href) || /submit|postback|location|history|open|assign|replace/i.test(href);
  }

  /**
   * What may be an option: its texts, and the country that it names by a code or by its flag.
   * @typedef {{element: HTMLElement, text: string, texts: string[], codes: string[]}} Choice
   */

  /** @param {HTMLElement} element @returns {Choice} */
  function readOption(element) {
    const text = shorten(element.textContent);
    const texts = [text, attribute(element, "aria-label"), attribute(element, "title")].filter(Boolean);
    return { element, text, texts, codes: callingCodes(text) };
  }

  /** The calling codes in a text, without the plus. @param {string} text */
  const callingCodes = (text) => (text.match(/\+\s*\d[\d-]*/g) ?? []).map(plain);

  /**
   * The option of a country. A calling code alone decides only if it is no other country's and one
   * option alone has it.
   * @param {Choice[]} options @param {Wanted} wanted
   */
  function optionOf(options, wanted) {
    const { iso, name, dials, isShared } = wanted;
    const others = options.filter(
      ({ codes }) => codes.length && !codes.some((code) => isSameCode(code, dials)),
    );
    const possible = options.filter((option) => !others.includes(option));
    return (
      innermost(possible.filter(({ element, texts }) => iso && isOfRegion(element, texts, iso)))[0] ??
      onlyOne(possible.filter(({ texts }) => name && texts.some((text) => isName(text, name)))) ??
      onlyOne(possible.filter(({ codes, text }) => !isShared && (codes.includes(dials) || text === dials)))
    );
  }

  /**
   * Whether two calling codes are one, or one begins with the other: +1 and +1 809. None is the same
   * as another.
   * @param {string} code @param {string} dials
   */
  const isSameCode = (code, dials) => Boolean(dials) && (code.startsWith(dials) || dials.startsWith(code));

  /** @param {Choice[]} options @returns {Choice[]} those that hold no other */
  const innermost = (options) =>
    options.filter(
      ({ element }) =>
        !options.some((other) => other.element !== element && dom.contains(element, other.element)),
    );

  /** The first of the options, if all of them say the same. @param {Choice[]} options */
  function onlyOne(options) {
    const inner = innermost(options);
    return new Set(inner.map(({ text }) => text)).size === 1 ? inner[0] : undefined;
  }

  /** @param {string} text @param {string} name lower-case */
  function isName(text, name) {
    const own = nameIn(text);
    return own === name || (own.startsWith(name) && /^\s*[([/,·|:]/.test(own.slice(name.length)));
  }

  /** @param {HTMLElement} element @param {string[]} texts @param {string} iso */
  function isOfRegion(element, texts, iso) {
    const named = texts.map((text) => regionOf(text) ?? regionOf(/\(([^)]*)/.exec(text)?.[1] ?? ""));
    if (named.some(Boolean)) return named.includes(iso);
    return (
      texts.some((text) => text.length <= 40 && text.split(/[^\p{L}]+/u).includes(iso)) ||
      [element, ...dom.querySelectorAll(element, "*")].slice(0, 12).some((part) => hasRegion(part, iso)) ||
      shownBy(element) === iso
    );
  }

  /** Whether an attribute of an element names a region. @param {Element} element @param {string} iso */
  function hasRegion(element, iso) {
    const named = [...dom.attributes(element)].filter(
      ({ name, value }) => value.length < 60 && /^(data-|value|id|class|lang|title)/.test(name),
    );
    return named.some(({ name, value }) => {
      const isCode = /^data-|^value/.test(name) && value.length < 4;
      const words = value.split(/[^A-Za-z]+/);
      return words.some((word) => word === iso || (isCode && word.toUpperCase() === iso));
    });
  }

  /**
   * What may be options while a picker is open, shadow trees included.
   * @param {HTMLElement} picker @param {HTMLElement | undefined} field @returns {HTMLElement[]}
   */
  function optionsOf(picker, field) {
    const lists = [...listsOf(picker), ...elementsAround(picker, field)];
    const selector = ":is([role=option], [role=menuitem], [role=menuitemradio], li):not(form)";
    const found = new Set(lists.flatMap((list) => [...dom.querySelectorAll(list, selector)]));
    return [...found].filter((option) => isDrawn(option) && !dom.contains(option, picker));
  }

  /** The lists that a picker names, and all others. @param {HTMLElement} picker @returns {HTMLElement[]} */
  function listsOf(picker) {
    const tree = dom.treeOf(picker);
    const ids = ["aria-controls", "aria-owns"].flatMap((name) => attribute(picker, name).split(/\s+/));
    const named = ids.filter(Boolean).map((one) => tree.getElementById(one));
    const selector = "[role=listbox], [role=menu], [role=grid], :is(dialog, [role=dialog]) ul";
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

  /** Small elements that may be options although they do not say so. @param {HTMLElement} picker */
  function unnamedOptions(picker) {
    const selector = ":is(a, button, div, span, p, td, label, img, i, b, strong):not(form)";
    const found = [...new Set([dom.treeOf(picker), document])].flatMap((root) => [
      .../** @type {NodeListOf<HTMLElement>} */ (root.querySelectorAll(selector)),
    ]);
    return found.filter(
      (one) => one.childElementCount < 6 && (one.textContent ?? "").length < 100 && isDrawn(one),
    );
  }

  /**
   * The element of an option that a person would hit: the innermost one that carries all of its text,
   * or the only button or link in it.
   * @param {HTMLElement} option
   */
  function targetIn(option) {
    let target = option;
    for (;;) {
      const text = shorten(target.textContent);
      const inner = [...target.children].filter(
        (child) => child instanceof HTMLElement && shorten(child.textContent) === text && canBeHit(child),
      );
      if (inner.length !== 1) break;
      target = /** @type {HTMLElement} */ (inner[0]);
    }
    const inside = dom.querySelectorAll(target, "a, button, [role=button]:not(form)");
    return inside.length === 1 && canBeHit(inside[0]) ? inside[0] : target;
  }

  const canBeHit = (/** @type {Element} */ element) =>
    element.checkVisibility({ visibilityProperty: true }) &&
    getComputedStyle(element).pointerEvents !== "none";

  /**
   * What is to be chosen, as a step names it, and whether other countries have its calling code too.
   * @typedef {{iso: string, name: string, dials: string, isShared: boolean, names: string[]}} Wanted
   */

  /** @param {PickStep} step @returns {Wanted} */
  const wantedOf = ({ value, pick: names = [] }) => ({
    iso: names.find((name) => /^[A-Z]{2}$/.test(name)) ?? "",
    name: (names.find((name) => !/^([A-Z]{2}|\+.*|)$/.test(name)) ?? "").toLowerCase(),
    dials: plain(value),
    isShared: !names.includes(value),
    names: names.filter((name) => name.length > 2),
  });

  /**
   * Chooses in a picker. One without the option is closed again.
   * @param {HTMLElement} picker @param {PickStep} step
   * @param {HTMLElement | undefined} field the number's
   * @returns {Promise<boolean>} whether the picker shows the choice
   */
  async function pick(picker, step, field) {
    const wanted = wantedOf(step);
    const faces = facesOf(picker, field);
    if (verdict(faces(), wanted)) return true;
    const options = finder(picker, field);
    const find = () => optionOf(options().map(readOption), wanted)?.element;
    const known = new Set(drawnInputs(picker).filter((input) => input !== picker));
    /** @type {HTMLElement | undefined} */
    let option = find();
    if (!option) {
      if (!click(picker)) return false;
      option = await findSoon(find, 8);
    }
    option ??= await searchOption(wanted, known, find);
    option ??= await scrollToOption(options, find);
    if (option) {
      const before = faces();
      const marks = marksOf([option, ...dom.querySelectorAll(option, "*")]);
      if (click(targetIn(option))) {
        await pause(80);
        if (isDialled(field, wanted) || isChosen(before, faces(), marks, wanted)) return true;
      }
    }
    await closePicker(picker);
    return false;
  }

  /**
   * Makes a function that gives the options: those that say that they are some, and what has appeared
   * since.
   * @param {HTMLElement} picker @param {HTMLElement | undefined} field
   */
  function finder(picker, field) {
    const before = new Set(unnamedOptions(picker));
    return () => {
      const named = optionsOf(picker, field);
      const isListed = (/** @type {HTMLElement} */ one) => named.some((option) => dom.contains(option, one));
      return [...named, ...unnamedOptions(picker).filter((one) => !before.has(one) && !isListed(one))];
    };
  }

  /** @param {HTMLElement} picker @returns {Element[]} */
  const drawnInputs = (picker) =>
    [...new Set([dom.treeOf(picker), document])]
      .flatMap((root) => [...root.querySelectorAll("input")])
      .filter(isDrawn);

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
   * @param {Wanted} wanted @param {Set<Element>} known the fields that were there before it was open
   * @param {() => HTMLElement | undefined} find
   */
  async function searchOption(wanted, known, find) {
    const search = document.activeElement;
    if (!(search instanceof HTMLInputElement) || known.has(search) || search.readOnly) return undefined;
    for (const name of wanted.names) {
      typeText(search, name);
      const option = await findSoon(find, 5);
      if (option) return option;
    }
    typeText(search, "");
    return undefined;
  }

  /**
   * Scrolls through a list that draws only the options in sight.
   * @param {() => HTMLElement[]} options @param {() => HTMLElement | undefined} find
   */
  async function scrollToOption(options, find) {
    const list = options().map(scrollerOf).find(Boolean);
    if (!list) return undefined;
    const from = list.scrollTop;
    for (let i = 0; i < 60 && list.scrollTop + list.clientHeight < list.scrollHeight - 1; i++) {
      list.scrollTop += list.clientHeight * 0.8;
      await pause(40);
      const option = find();
      if (option) return option;
    }
    list.scrollTop = from;
    return undefined;
  }

  /** The element that scrolls an option. @param {HTMLElement} option */
  function scrollerOf(option) {
    for (
      let around = option.parentElement;
      around && around !== document.body;
      around = dom.parentElement(around)
    ) {
      const isScroller =
        !(around instanceof HTMLFormElement) && around.scrollHeight > around.clientHeight + 20;
      if (isScroller && /auto|scroll|hidden/.test(getComputedStyle(around).overflowY)) return around;
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
   * What can be seen of a choice.
   * @typedef {{text: string, region: string, marks: Set<string>}} Face
   */

  /**
   * Makes a function that reads what a picker shows without its list: itself, and each of the
   * elements around it up to the one that holds its field too.
   * @param {HTMLElement} picker @param {HTMLElement | undefined} field @returns {() => Face[]}
   */
  function facesOf(picker, field) {
    const places = [picker, ...elementsAround(picker, field).filter((one) => !field || !one.contains(field))];
    return () => places.filter((place) => place.isConnected).map((place) => readFace(partsOf(place, field)));
  }

  /** @param {Element[]} parts @returns {Face} */
  function readFace(parts) {
    const regions = new Set(parts.map((part) => shownBy(part, 1)).filter(Boolean));
    return {
      text: shorten(parts.map(ownText).join(" ")),
      region: regions.size === 1 ? [...regions][0] : "",
      marks: marksOf(parts),
    };
  }

  /**
   * The visible elements of a place that are in no list.
   * @param {Element} place @param {HTMLElement | undefined} field @returns {Element[]}
   */
  function partsOf(place, field) {
    const isList =
      "ul, ol, select, datalist, dialog, [role=listbox], [role=menu], [role=option], [role=dialog]";
    const parts = [place];
    for (const part of dom.children(place)) {
      if (part === field || part instanceof HTMLFormElement || part.matches(isList)) continue;
      if (part.checkVisibility({ visibilityProperty: true })) parts.push(...partsOf(part, field));
    }
    return parts.slice(0, 60);
  }

  /** The text of an element itself, and of a field what stands in it. @param {Element} element */
  function ownText(element) {
    if (element instanceof HTMLInputElement) return element.value;
    const texts = [...element.childNodes].filter(({ nodeType }) => nodeType === Node.TEXT_NODE);
    return texts.map(({ nodeValue }) => nodeValue).join(" ");
  }

  /** The words and attributes by which a choice can be recognised. @param {Element[]} parts */
  const marksOf = (parts) =>
    new Set(parts.slice(0, 60).flatMap((part) => [...wordsOf(part), ...picturesOf(part)]));

  /** @param {Element} part */
  const wordsOf = (part) =>
    ownText(part)
      .toLowerCase()
      .split(/[\s()[\],]+/)
      .filter((word) => word.length > 1);

  /** The attributes that give a flag its picture or its name. @param {Element} part */
  const picturesOf = (part) =>
    [...dom.attributes(part)].flatMap(({ name, value }) => {
      if (name === "class") return value.split(/\s+/).filter((one) => /\d|flag|[-_][a-z]{2}$/.test(one));
      return value && /^(src|alt|title|style|href)$/.test(name) ? [`${name} ${value}`] : [];
    });

  /**
   * Whether a picker shows what was chosen: its calling code, flag or name, or something new that only
   * the option had. Another country's calling code or flag says no.
   * @param {Face[]} before @param {Face[]} after
   * @param {Set<string>} marks of the option @param {Wanted} wanted
   */
  function isChosen(before, after, marks, wanted) {
    const old = new Set(before.flatMap((face) => [...face.marks]));
    const isNew = after.some((face) => [...face.marks].some((mark) => marks.has(mark) && !old.has(mark)));
    return verdict(after, wanted) ?? isNew;
  }

  /**
   * Whether the country wanted is shown; undefined if none is.
   * @param {Face[]} faces the nearest first @param {Wanted} wanted
   */
  const verdict = (faces, wanted) =>
    faces.map((face) => shows(face, wanted)).find((one) => one !== undefined);

  /** @param {Face} face @param {Wanted} wanted @returns {boolean | undefined} as verdict */
  function shows({ text, region: flag }, { iso, name, dials, isShared }) {
    const codes = callingCodes(text);
    const isItsCode = codes.some((code) => isSameCode(code, dials));
    if (codes.length && !(isItsCode && isShared)) return isItsCode;
    if (flag) return flag === iso;
    const isNamed = (name && nameIn(text) === name) || (iso && regionOf(text) === iso);
    const words = text.length <= 40 ? text.split(/[^\p{L}\p{N}]+/u).filter(Boolean) : [];
    return isNamed || words.includes(iso) || (!isShared && words.includes(dials)) || undefined;
  }

  /**
   * Whether a number's field begins with the calling code, which some pickers put there.
   * @param {HTMLElement | undefined} field @param {Wanted} wanted
   */
  function isDialled(field, { dials }) {
    const value = field ? valueOf(field).trim() : "";
    return value.startsWith("+") && plain(value).startsWith(dials);
  }

  /**
   * Whether a picker shows another country than the one wanted.
   * @param {HTMLElement} picker @param {PickStep} step
   * @param {HTMLElement | undefined} field the number's
   */
  function showsAnother(picker, step, field) {
    const wanted = wantedOf(step);
    return !isDialled(field, wanted) && verdict(facesOf(picker, field)(), wanted) === false;
  }

  return { pick, showsAnother };
})();
