// @ts-check
// Describes a frame's form fields as plain data, and reports when the page changes. It never
// changes the page. What it keeps in the page's isolated world stands under a symbol, because a
// plain name there would find the element that the page gives that name.

/**
 * What describe.js shares with pick.js and fill.js.
 * @typedef {{
 *   id: string,
 *   elementOf: (ref: number) => HTMLElement | undefined,
 *   shorten: (text: string | null | undefined, most?: number) => string,
 *   attribute: (element: Element, name: string) => string,
 * }} DescribedPage
 */

/** @type {any} */ (globalThis)[Symbol.for("companion")].page ??= (() => {
  /** @type {{dom: Dom, region: Region}} */
  const { dom, region } = /** @type {any} */ (globalThis)[Symbol.for("companion")];
  const { regionOf, regionOfCode, shownBy } = region;
  const maxFields = 300;
  /** How many of the first and of the last fields that differ only in digits are described. */
  const maxAlike = 8;
  /** The longest text that is taken from the page, in characters. */
  const maxText = 120;
  const maxOptions = 300;
  /** How many texts are read on either side of a field, and among how many tokens. */
  const maxNear = 4;
  const maxLooked = 200;
  /** For how many fields without a name of their own the places of the texts are compared. */
  const maxNameless = 24;
  const textTypes = new Set(["text", "tel", "number", "password", "search", "email", "url", ""]);
  const buttonTypes = new Set(["button", "submit", "image"]);
  // prettier-ignore
  const skippedTags = new Set([
    "script", "style", "noscript", "template", "svg", "iframe", "option", "datalist", "textarea", "video",
    "audio", "object", "head",
  ]);
  const headingTags = new Set(["h1", "h2", "h3", "h4", "h5", "h6"]);
  // Of the tags without a hyphen only these can have a shadow tree.
  // prettier-ignore
  const hostTags = new Set([
    "article", "aside", "blockquote", "body", "div", "footer", "header", "main", "nav", "p", "section",
    "span",
  ]);

  // Names this document. The browser's own ids are no help: when a page is in Chromium's cache
  // for going back, a script meant for it runs in the page that has taken its place.
  const id = crypto.getRandomValues(new Uint32Array(4)).join("-");
  /** @type {Map<number, WeakRef<HTMLElement>>} */
  const elements = new Map();
  /** @type {WeakMap<HTMLElement, number>} */
  const refs = new WeakMap();
  let lastRef = 0;

  /** @param {HTMLElement} element */
  function refOf(element) {
    let ref = refs.get(element);
    if (!ref) {
      ref = ++lastRef;
      refs.set(element, ref);
      elements.set(ref, new WeakRef(element));
    }
    return ref;
  }

  /** @param {number} ref */
  const elementOf = (ref) => elements.get(ref)?.deref();

  /** @param {string | null | undefined} text @param {number} [most] */
  const shorten = (text, most = maxText) =>
    (text ?? "")
      .slice(0, 4 * most)
      .replace(/\s+/g, " ")
      .trim()
      .slice(0, most);
  /** @param {Element} element @param {string} name */
  const attribute = (element, name) => dom.getAttribute(element, name) ?? "";

  /** Whether an element holds nothing and still takes up room. @param {HTMLElement} element */
  const isEmptyBox = (element) =>
    !element.firstElementChild &&
    !/\S/.test(element.textContent ?? "") &&
    element.offsetWidth > 0 &&
    element.offsetHeight > 0;

  /** @param {Element} element anything but a form @returns {ShadowRoot | null} */
  function shadowOf(element) {
    if (element.shadowRoot) return element.shadowRoot;
    const any = /** @type {any} */ (element);
    if (any.openOrClosedShadowRoot) return any.openOrClosedShadowRoot;
    if (!mayHost(element)) return null;
    try {
      // Only Chromium has this. web-ext rejects it where it can see it.
      const { dom: shadows } = /** @type {any} */ (chrome);
      return shadows?.openOrClosedShadowRoot(element) ?? null;
    } catch {
      return null;
    }
  }

  /**
   * Whether an element is worth asking for a closed shadow tree, which is slow: any with a
   * hyphen in its name, and a plain one that takes up room with nothing in it.
   * @param {Element} element
   */
  const mayHost = (element) =>
    element.localName.includes("-") ||
    (hostTags.has(element.localName) && isEmptyBox(/** @type {HTMLElement} */ (element)));

  /** An input that shows a choice and takes no text. @param {Element} element */
  const isPicker = (element) =>
    element.getAttribute("role") === "combobox" &&
    (element.hasAttribute("readonly") || ["listbox", "true"].includes(attribute(element, "aria-haspopup")));

  /** @param {Element} element @param {string} name */
  function isField(element, name) {
    if (name === "input") {
      return textTypes.has(/** @type {HTMLInputElement} */ (element).type) && !isPicker(element);
    }
    if (name === "select") return true;
    if (!element.hasAttributes()) return false;
    const edited = element.getAttribute("contenteditable");
    if (edited === null || edited === "false") return false;
    const around = element.parentElement;
    return !around || !(around instanceof HTMLElement && dom.isContentEditable(around));
  }

  /**
   * A piece of a frame's content, in the order of the document with shadow trees included. No
   * token is a form, which is no more than what stands in it.
   * @typedef {{
   *   node: Node, field?: boolean, heading?: boolean, button?: boolean, picture?: boolean,
   *   label?: Element,
   * }} Token
   */

  /**
   * Collects the tokens under a node. Their texts and places are read later, and only where they
   * are needed.
   * @param {Node} root @param {Token[]} tokens @param {Set<ShadowRoot>} shadows
   * @param {Element} [label] the label that root stands in
   */
  function walk(root, tokens, shadows, label) {
    for (let node = dom.firstChild(root); node; node = dom.nextSibling(node)) {
      if (node instanceof HTMLFormElement) walk(node, tokens, shadows, label);
      else if (node.nodeType === Node.ELEMENT_NODE) {
        walkElement(/** @type {HTMLElement} */ (node), tokens, shadows, label);
      } else if (node.nodeType === Node.TEXT_NODE && /\S/.test(/** @type {Text} */ (node).data)) {
        tokens.push({ node, label });
      }
    }
  }

  /**
   * @param {HTMLElement} element @param {Token[]} tokens @param {Set<ShadowRoot>} shadows
   * @param {Element} [label]
   */
  function walkElement(element, tokens, shadows, label) {
    const name = element.localName;
    if (skippedTags.has(name)) return;
    const token = tokenOf(element, name, label);
    if (token) tokens.push(token);
    if (!isWalkedInto(element, name, token)) return;
    const shadow = shadowOf(element);
    if (shadow) {
      shadows.add(shadow);
      walk(shadow, tokens, shadows);
    }
    walk(element, tokens, shadows, name === "label" ? element : label);
  }

  /** @param {Element} element */
  const roleOf = (element) => (element.hasAttributes() ? element.getAttribute("role") : null);

  /**
   * The token that an element is; undefined if only what stands in it matters.
   * @param {HTMLElement} element @param {string} name @param {Element} [label] @returns {Token | undefined}
   */
  function tokenOf(element, name, label) {
    if (isField(element, name)) return { node: element, field: true, label };
    if (name === "img" || name === "canvas") return { node: element, picture: true };
    if (name === "input") {
      const { type } = /** @type {HTMLInputElement} */ (element);
      return buttonTypes.has(type) || isPicker(element) ? { node: element, button: true } : undefined;
    }
    const role = roleOf(element);
    if (headingTags.has(name) || role === "heading") return { node: element, heading: true };
    if (name === "button" || role === "button" || role === "combobox") return { node: element, button: true };
    return undefined;
  }

  /** @param {HTMLElement} element @param {string} name @param {Token | undefined} token */
  function isWalkedInto(element, name, token) {
    if (name === "input") return false;
    if (token && !(token.button && element.querySelector("input, select"))) return false;
    // A closed list holds what could be chosen, not what is.
    const isList = name === "ul" || roleOf(element) === "listbox";
    return !isList || element.checkVisibility();
  }

  /** The text of a token; of a button without any, its name. @param {Token} token */
  function textOf({ node, button }) {
    const text = shorten(node.nodeValue ?? node.textContent);
    if (text || !button) return text;
    const element = /** @type {HTMLInputElement} */ (node);
    return shownIn(element) || shorten(attribute(element, "aria-label") || attribute(element, "title"));
  }

  /**
   * What a button or a picker shows, itself or in the elements just around it.
   * @param {HTMLElement} element
   */
  function shownIn(element) {
    const own = shorten(element.textContent) || shorten(/** @type {HTMLInputElement} */ (element).value);
    if (own || element.localName !== "input") return own;
    let around = element.parentElement;
    for (let i = 0; around && i < 4 && !shorten(dom.textContent(around)); i++) {
      around = dom.parentElement(around);
    }
    const text =
      around && dom.querySelectorAll(around, "input").length === 1 ? shorten(dom.textContent(around)) : "";
    return text.length <= 40 ? text : "";
  }

  /** The text of the elements that an attribute names. @param {Element} element @param {string} name */
  function referred(element, name) {
    const ids = attribute(element, name);
    if (!ids) return "";
    const tree = dom.treeOf(element);
    const named = ids.split(/\s+/).map((one) => tree.getElementById(one));
    return named.map((one) => one && dom.textContent(one)).join(" ");
  }

  /** @param {Element} label */
  function labelText(label) {
    if (!label.firstElementChild) return label.textContent;
    const copy = /** @type {HTMLElement} */ (label.cloneNode(true));
    for (const inner of copy.querySelectorAll("select, input, option, script, style, ul, button")) {
      inner.remove();
    }
    return copy.textContent;
  }

  /** @param {HTMLElement} element @param {Element[]} labels */
  const labelOf = (element, labels) =>
    shorten(
      [
        ...labels.map(labelText),
        attribute(element, "aria-label"),
        referred(element, "aria-labelledby"),
        attribute(element, "title"),
      ]
        .filter(Boolean)
        .join(" · "),
    );

  /** @param {HTMLElement} element */
  function groupOf(element) {
    const group = /** @type {HTMLElement | null} */ (
      element.closest("fieldset, [role=group], [role=radiogroup]")
    );
    return group
      ? shorten(
          [
            dom.querySelector(group, "legend")?.textContent,
            attribute(group, "aria-label"),
            referred(group, "aria-labelledby"),
          ]
            .filter(Boolean)
            .join(" · "),
        )
      : "";
  }

  /**
   * The texts of the cells that head a field's column and row; undefined outside tables.
   * @param {HTMLElement} element
   */
  function cellsOf(element) {
    const cell = /** @type {HTMLTableCellElement | null} */ (element.closest("td, th"));
    const row = /** @type {HTMLTableRowElement | null | undefined} */ (cell?.closest("tr"));
    if (!cell || !row) return undefined;
    const first = row.closest("table")?.rows[0];
    const above = first === row ? undefined : first?.cells[cell.cellIndex];
    const before = [...row.cells].slice(0, cell.cellIndex).reverse();
    const texts = [above, before.find(headOf)].map((head) => head && headOf(head)).filter(Boolean);
    return texts.length ? texts : undefined;
  }

  /** The text of a table's cell that has no field. @param {Element} cell */
  const headOf = (cell) =>
    cell.querySelector("input, select, textarea") ? "" : shorten(dom.textContent(cell));

  /** The dialog or the panel of a tab that a field stands in. @param {HTMLElement} element */
  function panelOf(element) {
    const panel = element.closest(
      ":is(dialog, [role=dialog], [role=alertdialog], [role=tabpanel]):not(form)",
    );
    if (!panel) return undefined;
    const role = attribute(panel, "role") === "tabpanel" ? "tabpanel" : "dialog";
    const tree = dom.treeOf(panel);
    const tab = panel.id ? tree.querySelector(`[role=tab][aria-controls="${CSS.escape(panel.id)}"]`) : null;
    const named = attribute(panel, "aria-label") || referred(panel, "aria-labelledby");
    return { role, name: shorten(named || tab?.textContent) };
  }

  /**
   * Whether one of the elements around cuts away what stands at a place of the viewport.
   * @param {HTMLElement} element @param {DOMRect} box @param {Map<Element, DOMRect>} boxes
   */
  function isCutAway(element, box, boxes) {
    for (
      let around = element.parentElement, steps = 0;
      around && steps < 12;
      around = dom.parentElement(around), steps++
    ) {
      let cut = boxes.get(around);
      if (!cut) boxes.set(around, (cut = dom.getBoundingClientRect(around)));
      const outside =
        cut.width < 2 ||
        cut.height < 2 ||
        box.left >= cut.right ||
        box.right <= cut.left ||
        box.top >= cut.bottom ||
        box.bottom <= cut.top;
      if (
        outside &&
        around !== document.body &&
        around !== document.documentElement &&
        /hidden|clip/.test(getComputedStyle(around).overflow)
      ) {
        return true;
      }
    }
    return false;
  }

  /**
   * How far a field can be seen. One that is only out of sight is "away": something else may be drawn
   * for it.
   * @param {HTMLElement} element @param {DOMRect} box @param {CSSStyleDeclaration} style
   * @param {Map<Element, DOMRect>} boxes
   */
  function visibility(element, box, style, boxes) {
    if (!element.checkVisibility({ visibilityProperty: true }) || element.closest("[inert]")) return "hidden";
    if (
      box.right + scrollX < 0 ||
      box.bottom + scrollY < 0 ||
      box.left + scrollX > Math.max(document.documentElement.scrollWidth, innerWidth)
    ) {
      return "away";
    }
    if (/inset\((50|100)%/.test(style.clipPath) || /rect\(([01]px,? ?){4}\)/.test(style.clip)) {
      return "away";
    }
    if (style.position !== "fixed" && isCutAway(element, box, boxes)) return "away";
    if (
      box.width <= 2 ||
      box.height <= 2 ||
      !element.checkVisibility({ opacityProperty: true }) ||
      Number(style.opacity) < 0.1
    ) {
      return "faint";
    }
    return "shown";
  }

  /**
   * The row of slots that a page draws for a field that is not seen: in its label, or around it.
   * @param {HTMLElement} element @param {Element[]} labels
   */
  function slotsFor(element, labels) {
    const places = [...labels];
    let around = element.parentElement;
    for (let i = 0; around && i < 3; i++, around = dom.parentElement(around)) {
      if (dom.querySelectorAll(around, "input, select, textarea").length > 1) break;
      places.push(around);
    }
    return places
      .flatMap((place) => [place, ...dom.querySelectorAll(place, "*")].slice(0, 40))
      .find(isRowOfSlots);
  }

  /** The boxes in an element that hold one character at most. @param {Element} row */
  const slotsIn = (row) =>
    [...dom.children(row)]
      .filter(
        (slot) => !(slot instanceof HTMLInputElement) && (dom.textContent(slot) ?? "").trim().length <= 1,
      )
      .map((slot) => dom.getBoundingClientRect(slot))
      .filter(({ width, height }) => width >= 12 && width <= 100 && height >= 16 && height <= 100);

  /**
   * Whether an element's slots are as many as a code's characters, of one size, in a line.
   * @param {Element} row
   */
  function isRowOfSlots(row) {
    if (dom.children(row).length < 4 || !dom.checkVisibility(row, { visibilityProperty: true })) return false;
    const slots = slotsIn(row);
    const [first] = slots;
    return (
      slots.length >= 4 &&
      slots.length <= 10 &&
      slots.every(({ width, top }) => Math.abs(width - first.width) < 4 && Math.abs(top - first.top) < 4)
    );
  }

  /** @param {HTMLElement} element */
  function hintsOf(element) {
    const data = [...element.attributes]
      .filter((a) => a.name.startsWith("data-") && a.name.length < 40)
      .map((a) => `${a.name.slice(5)} ${a.value}`);
    return shorten([element.getAttribute("class"), ...data].filter(Boolean).join(" "));
  }

  /** A picture that could hold letters to copy: its names, or "". @param {Element} picture */
  function pictureNames(picture) {
    const names = shorten(
      ["alt", "id", "class", "name", "src"].map((name) => attribute(picture, name).slice(0, 60)).join(" "),
    );
    const { width, height } = picture.getBoundingClientRect();
    const hasSizeOfLetters = width >= 50 && width <= 400 && height >= 18 && height <= 150;
    if (hasSizeOfLetters) return names || picture.localName;
    return /captcha|code|verif|valid|secur|rand/i.test(names) ? names : "";
  }

  /** @param {HTMLSelectElement} select */
  const optionsOf = (select) =>
    [...select.options].slice(0, maxOptions).map((option) => {
      const text = shorten(option.textContent, 60);
      return {
        value: shorten(option.value, 60),
        text,
        selected: option.selected,
        region: select.options.length > 2 ? regionOf(text) : undefined,
      };
    });

  /**
   * What tells one field from another, figures apart.
   * @param {HTMLElement} element @param {string} label
   */
  const kindOf = (element, label) =>
    (
      (element instanceof HTMLInputElement
        ? element.outerHTML
        : `${element.localName} ${attribute(element, "name")} ${element.className}`) + label
    ).replace(/\d+/g, "");

  /** @param {HTMLElement} element */
  const standsOut = (element) =>
    element === document.activeElement ||
    /one-time|tel/.test(attribute(element, "autocomplete")) ||
    /tel|numeric/.test(attribute(element, "type") + attribute(element, "inputmode")) ||
    (element instanceof HTMLInputElement && element.maxLength > 0 && element.maxLength <= 10);

  /** The first and the last few. @template T @param {T[]} list @param {number} most @returns {T[]} */
  const ends = (list, most) =>
    list.length > 2 * most ? [...list.slice(0, most), ...list.slice(-most)] : list;

  /**
   * The fields worth describing: on a page of hundreds, a few of those that look alike.
   * @param {Token[]} tokens @param {Map<Element, Element[]>} labels @returns {Set<Token>}
   */
  function chosen(tokens, labels) {
    const fields = tokens.filter((token) => token.field);
    if (fields.length <= 2 * maxAlike) return new Set(fields);
    /** @type {Map<string, Token[]>} */
    const alike = new Map();
    for (let i = 0, before = ""; i < tokens.length; i++) {
      const token = tokens[i];
      if (!token.field) {
        if (!token.picture) before = token.node.nodeValue ?? "";
        continue;
      }
      const element = /** @type {HTMLElement} */ (token.node);
      const label = labels.get(element)?.[0] ?? token.label;
      const kind = kindOf(element, label?.textContent ?? before);
      const same = alike.get(kind);
      if (same) same.push(token);
      else alike.set(kind, [token]);
    }
    const kept = [...alike.values()].flatMap((same) => ends(same, maxAlike));
    if (kept.length <= maxFields) return new Set(kept);
    const first = kept.filter(({ node }) => standsOut(/** @type {HTMLElement} */ (node)));
    return new Set([...ends(first, maxFields / 4), ...ends(kept, maxFields / 4)]);
  }

  /** @param {HTMLElement} element */
  function fieldKind(element) {
    if (element instanceof HTMLSelectElement) return "select";
    return element instanceof HTMLInputElement ? "input" : "editable";
  }

  /**
   * @param {HTMLElement} element @param {Element[]} labels @param {Map<Element, DOMRect>} boxes
   * @param {Map<Element, number>} forms
   */
  function describeField(element, labels, boxes, forms) {
    const input = /** @type {HTMLInputElement} */ (element);
    const style = getComputedStyle(element);
    const value = element.isContentEditable ? shorten(element.textContent) : shorten(input.value);
    const kind = fieldKind(element);
    return {
      ref: refOf(element),
      kind,
      form: input.form ? (forms.get(input.form) ?? 0) : 0,
      type: kind === "input" ? input.type : "",
      ...namesOf(element),
      max_length: input.maxLength > 0 ? input.maxLength : 0,
      min_length: input.minLength > 0 ? input.minLength : undefined,
      size: kind === "input" && element.hasAttribute("size") ? input.size : undefined,
      label: labelOf(element, labels),
      description: shorten(
        `${referred(element, "aria-describedby")} ${attribute(element, "aria-description")}`,
      ),
      group: groupOf(element),
      cells: cellsOf(element),
      panel: panelOf(element),
      value: input.type === "password" && value ? "•" : value,
      ...placeOf(element, labels, style, boxes),
      aria_hidden: Boolean(element.closest("[aria-hidden=true]")),
      unfocusable: element.tabIndex < 0 || style.pointerEvents === "none",
      read_only: Boolean(input.readOnly),
      disabled: element.matches(":disabled"),
      focused: dom.treeOf(element).activeElement === element,
      options: element instanceof HTMLSelectElement ? optionsOf(element) : undefined,
    };
  }

  /**
   * How far a field can be seen, and where it is, or what is drawn for it.
   * @param {HTMLElement} element @param {Element[]} labels @param {CSSStyleDeclaration} style
   * @param {Map<Element, DOMRect>} boxes
   */
  function placeOf(element, labels, style, boxes) {
    const own = element.getBoundingClientRect();
    const seen = visibility(element, own, style, boxes);
    const slots = seen === "away" || seen === "faint" ? slotsFor(element, labels) : undefined;
    const box = slots && seen === "away" ? dom.getBoundingClientRect(slots) : own;
    return {
      visibility: slots ? "faint" : seen.replace("away", "hidden"),
      slots: slots && slotsIn(slots).length,
      x: Math.round(box.x + scrollX),
      y: Math.round(box.y + scrollY),
      w: Math.round(box.width),
      h: Math.round(box.height),
    };
  }

  /** What a field's attributes call it and expect of it. @param {HTMLElement} element */
  const namesOf = (element) => ({
    name: shorten(element.getAttribute("name")),
    id: shorten(element.id),
    hints: hintsOf(element),
    autocomplete: shorten(element.getAttribute("autocomplete")),
    input_mode: shorten(element.getAttribute("inputmode")),
    pattern: shorten(element.getAttribute("pattern")),
    placeholder: shorten(
      element.getAttribute("placeholder") ??
        element.getAttribute("aria-placeholder") ??
        element.getAttribute("data-placeholder"),
    ),
  });

  /** @type {Set<ShadowRoot>} */
  let lastShadows = new Set();

  function describe() {
    /** @type {Token[]} */
    const tokens = [];
    /** @type {Set<ShadowRoot>} */
    const shadows = new Set();
    if (document.body) walk(document.body, tokens, shadows);
    lastShadows = shadows;
    watchAll();
    const labels = labelsByField(tokens, shadows);
    const described = describeFields(tokens, labels);
    const { fields, texts } = placeFields(tokens, described, new Set([...labels.values()].flat()));
    return {
      document: id,
      origin: self.origin,
      lang: document.documentElement.lang,
      title: shorten(document.title),
      text: texts.join("\n").slice(0, 4000),
      links: linkTexts(tokens, shadows),
      qr_code: showsQRCode(tokens, shadows),
      fields,
      frames: frames(),
    };
  }

  /**
   * The labels that name a field by its id, by field. Pages give several fields the same id, so the
   * id alone does not say whose label it is.
   * @param {Token[]} tokens @param {Set<ShadowRoot>} shadows
   */
  function labelsByField(tokens, shadows) {
    /** @type {Map<string, number>} */
    const uses = new Map();
    for (const { node, field } of tokens) {
      if (field) countUse(uses, /** @type {HTMLElement} */ (node).id);
    }
    /** @type {Map<Element, Element[]>} */
    const byField = new Map();
    for (const root of [document, ...shadows]) {
      for (const [name, labels] of labelsByName(root)) {
        const isShared = labels.length > 1 || (uses.get(name) ?? 0) > 1;
        const first = root.getElementById(name);
        const fields = first && !isShared ? [first] : fieldsWithID(root, name);
        for (const [label, field] of paired(labels, fields)) {
          byField.set(field, [...(byField.get(field) ?? []), label]);
        }
      }
    }
    return byField;
  }

  /** @param {Map<string, number>} uses @param {string} name */
  const countUse = (uses, name) => uses.set(name, (uses.get(name) ?? 0) + 1);

  /** @param {Document | ShadowRoot} root */
  function labelsByName(root) {
    /** @type {Map<string, Element[]>} */
    const labels = new Map();
    for (const label of root.querySelectorAll("label[for]")) {
      const name = attribute(label, "for");
      const same = labels.get(name);
      if (same) same.push(label);
      else labels.set(name, [label]);
    }
    return labels;
  }

  /** @param {Document | ShadowRoot} root @param {string} name */
  const fieldsWithID = (root, name) =>
    [...root.querySelectorAll(`[id="${CSS.escape(name)}"]`)].filter((one) =>
      one.matches("input:not([type=hidden]), select, textarea, button"),
    );

  /**
   * Gives each label one of the fields with the id that it names: the one it holds, or the one with
   * the same place in the document's order. If there are more of either, those that are drawn belong
   * together, and each label goes to the next field.
   * @param {Element[]} labels @param {Element[]} fields @returns {[Element, Element][]}
   */
  function paired(labels, fields) {
    if (!fields.length) return [];
    if (fields.length === 1) return labels.map((label) => [label, fields[0]]);
    if (labels.length === fields.length) {
      return labels.map((label, i) => [label, heldBy(label, fields) ?? fields[i]]);
    }
    const isDrawn = (/** @type {Element} */ one) => dom.checkVisibility(one, {});
    return labels.map((label) => {
      const alike = fields.filter((field) => isDrawn(field) === isDrawn(label));
      const among = alike.length ? alike : fields;
      const next = among.find(
        (field) => label.compareDocumentPosition(field) & Node.DOCUMENT_POSITION_FOLLOWING,
      );
      return [label, heldBy(label, fields) ?? next ?? among[among.length - 1]];
    });
  }

  /** @param {Element} label @param {Element[]} fields */
  const heldBy = (label, fields) => fields.find((field) => label.contains(field));

  /**
   * Describes the fields that are worth it, each by itself.
   * @param {Token[]} tokens @param {Map<Element, Element[]>} labels
   * @returns {Map<Token, ReturnType<typeof describeField>>}
   */
  function describeFields(tokens, labels) {
    const forms = new Map([...document.forms].map((form, i) => [/** @type {Element} */ (form), i + 1]));
    const boxes = new Map();
    const described = new Map();
    for (const token of chosen(tokens, labels)) {
      const element = /** @type {HTMLElement} */ (token.node);
      described.set(token, describeField(element, labelsOf(token, labels), boxes, forms));
    }
    return described;
  }

  /**
   * The labels of a field: those that name its id, and the one it stands in.
   * @param {Token} token @param {Map<Element, Element[]>} labels
   */
  function labelsOf({ node, label: around }, labels) {
    const own = labels.get(/** @type {Element} */ (node)) ?? [];
    return around && !own.includes(around) ? [...own, around] : own;
  }

  /** Makes a function that says whether a token is visible, and remembers it for each element. */
  function visibleTokens() {
    /** @type {Map<Element, boolean>} */
    const known = new Map();
    /** @param {Token} token */
    return ({ node }) => {
      const element = /** @type {Element} */ (node.nodeType === Node.TEXT_NODE ? node.parentNode : node);
      let visible = known.get(element);
      if (visible === undefined) {
        visible = !(element instanceof Element) || dom.checkVisibility(element, { visibilityProperty: true });
        known.set(element, visible);
      }
      return visible;
    };
  }

  /**
   * Adds to each described field what stands around it, and gathers the texts around all of them.
   * @param {Token[]} tokens @param {Map<Token, ReturnType<typeof describeField>>} described
   * @param {Set<Element>} owned the labels that name a field
   */
  function placeFields(tokens, described, owned) {
    const isVisible = visibleTokens();
    const strays = strayLabels(
      tokens.filter((token) => token.field || (token.label && !owned.has(token.label))),
      described,
      isVisible,
    );
    const fields = [];
    /** @type {Set<string>} */
    const texts = new Set();
    let heading = "";
    let nameless = 0;
    for (const [i, token] of tokens.entries()) {
      if (token.heading && isVisible(token)) {
        heading = textOf(token);
        texts.add(heading);
      }
      const field = described.get(token);
      if (!field) continue;
      const before = readNear(tokens, i, -1, described, isVisible);
      const after = readNear(tokens, i, 1, described, isVisible);
      const around = describeAround(token, before, after);
      const label = field.label || strays.get(token) || "";
      const isNameless = !label && !field.placeholder && field.visibility === "shown";
      const aligned = isNameless && nameless++ < maxNameless ? alignedText(tokens, i, isVisible) : "";
      for (const text of [...around.before, ...around.after]) texts.add(text);
      fields.push({
        ...field,
        label: label || field.placeholder ? label : overlaid(token, after.texts[0]?.token),
        heading,
        ...around,
        aligned: unlessSame(aligned, around.before.at(-1)),
        picker:
          field.kind === "input" ? pickerOf(tokens, i, [...before.buttons, ...after.buttons]) : undefined,
      });
    }
    return { fields, texts: [...texts] };
  }

  /** @param {string} text @param {string} [other] */
  const unlessSame = (text, other) => (text === other ? undefined : text || undefined);

  /**
   * What stands before and after a field.
   * @typedef {{
   *   texts: {text: string, token: Token}[],
   *   buttons: {text: string, element: HTMLElement}[],
   *   pictures: string[],
   * }} Near
   */

  /** @param {Token} token @param {Near} before @param {Near} after */
  const describeAround = (token, before, after) => ({
    before: before.texts.map(({ text }) => text).reverse(),
    after: after.texts.map(({ text }) => text),
    beside: isBeside(token, after.texts[0]?.token) ? after.texts[0].text : undefined,
    buttons: before.buttons
      .map(({ text }) => text)
      .filter(Boolean)
      .slice(0, maxNear),
    image: shorten([...before.pictures, ...after.pictures].filter(Boolean).join(" ")),
  });

  /**
   * The button on a field's line, or what is made one by the page's style.
   * @param {Token[]} tokens @param {number} at the field's place @param {{element: HTMLElement}[]} buttons
   */
  function pickerOf(tokens, at, buttons) {
    const field = /** @type {HTMLElement} */ (tokens[at].node);
    const picker = buttons.find(({ element }) => level(element, field))?.element ?? pointedBefore(tokens, at);
    return picker && describePicker(picker);
  }

  /**
   * What stands for a country before a field, on its line, and is made a button by the page's style alone.
   * @param {Token[]} tokens @param {number} at the field's place
   */
  function pointedBefore(tokens, at) {
    const field = /** @type {HTMLElement} */ (tokens[at].node);
    for (let i = at - 1; i >= at - 3 && tokens[i] && !tokens[i].field; i--) {
      const drawn = drawnIn(tokens[i]);
      const isCandidate = drawn instanceof HTMLElement && isOfCountry(tokens[i]) && isPointed(drawn);
      if (isCandidate && level(drawn, field) && !drawn.closest("label")) {
        return outermostPointed(drawn, field);
      }
    }
    return undefined;
  }

  /**
   * Whether a token may stand for a country: a picture, a calling code, a name or its letters.
   * @param {Token} token
   */
  function isOfCountry(token) {
    if (token.picture) return true;
    const text = textOf(token);
    return /^\P{L}*\+\s*\d|^\P{L}*\p{L}{2,3}\P{L}*$/u.test(text) || Boolean(regionOf(text));
  }

  const isPointed = (/** @type {Element} */ element) => getComputedStyle(element).cursor === "pointer";

  /** @param {HTMLElement} drawn @param {HTMLElement} field */
  function outermostPointed(drawn, field) {
    let pointed = drawn;
    for (let around = drawn.parentElement; around; around = dom.parentElement(around)) {
      if (dom.contains(around, field) || !isPointed(around)) break;
      pointed = around;
    }
    return pointed;
  }

  /** @param {HTMLElement} picker */
  const describePicker = (picker) => {
    const text = shownIn(picker);
    const names = ["aria-label", "title", "id", "class"].map((name) => attribute(picker, name));
    return {
      ref: refOf(picker),
      text,
      region: shownBy(picker) || regionOfCode(text) || regionOf(text),
      hints: shorten(names.join(" ")),
    };
  };

  /**
   * Reads what stands before or after a field, the nearest first, up to the next visible field.
   * @param {Token[]} tokens @param {number} at the field's place @param {1 | -1} step
   * @param {Map<Token, ReturnType<typeof describeField>>} described
   * @param {(token: Token) => boolean} isVisible
   */
  function readNear(tokens, at, step, described, isVisible) {
    /** @type {Near} */
    const { texts, buttons, pictures } = { texts: [], buttons: [], pictures: [] };
    for (let i = at + step, looked = 0; tokens[i] && looked < maxLooked; i += step, looked++) {
      if (texts.length >= maxNear) break;
      const token = tokens[i];
      if (token.field) {
        if (described.get(token)?.visibility !== "hidden") break;
        continue;
      }
      if (!isVisible(token)) continue;
      if (token.picture) {
        pictures.push(pictureNames(/** @type {Element} */ (token.node)));
        continue;
      }
      const text = textOf(token);
      if (token.button) buttons.push({ text, element: /** @type {HTMLElement} */ (token.node) });
      // A button before a field belongs to what comes before.
      if (text && (!token.button || step > 0)) texts.push({ text, token });
    }
    return { texts, buttons, pictures };
  }

  /**
   * Whether two elements stand on one line, side by side or over one another.
   * @param {HTMLElement} one @param {HTMLElement} other
   */
  function level(one, other) {
    const a = one.getBoundingClientRect();
    const b = other.getBoundingClientRect();
    const middle = a.top + a.height / 2;
    return middle > b.top - 4 && middle < b.bottom + 4;
  }

  /**
   * The labels that name no field, by the field that each of them stands closer to.
   * @param {Token[]} tokens @param {Map<Token, ReturnType<typeof describeField>>} described
   * @param {(token: Token) => boolean} isVisible @returns {Map<Token, string>}
   */
  function strayLabels(tokens, described, isVisible) {
    const seen = tokens.filter((token, i) => {
      if (token.field) return described.get(token)?.visibility !== "hidden";
      const label = /** @type {HTMLLabelElement | undefined} */ (token.label);
      return label && label !== tokens[i - 1]?.label && !label.control && isVisible(token);
    });
    /** @type {Map<Token, string>} */
    const labels = new Map();
    for (const [i, { field, label }] of seen.entries()) {
      if (field || !label) continue;
      const before = seen[i - 1]?.field && isOnLineOf(label, seen[i - 1]) ? seen[i - 1] : undefined;
      const after = seen[i + 1]?.field ? seen[i + 1] : undefined;
      const owner = isTrailing(label, seen, before, after) ? before : after;
      const isNear = owner && stepsTo(label, owner) < 4;
      if (isNear && !labels.has(owner)) labels.set(owner, shorten(labelText(label)));
    }
    return labels;
  }

  /**
   * Whether a label belongs to the field before it. Between two that it stands equally close to, the
   * others around it decide.
   * @param {Element} label @param {Token[]} seen @param {Token} [before] @param {Token} [after]
   */
  function isTrailing(label, seen, before, after) {
    const [back, on] = [stepsTo(label, before), stepsTo(label, after)];
    if (back !== on) return back < on;
    const among = seen.filter(({ node }) => label.parentElement?.contains(node));
    return Boolean(among[0]?.field && !among.at(-1)?.field);
  }

  /**
   * Whether a label stands beside a field or is drawn over it.
   * @param {Element} label @param {Token} field
   */
  function isOnLineOf(label, { node }) {
    const a = /** @type {Element} */ (node).getBoundingClientRect();
    const b = label.getBoundingClientRect();
    return b.top < a.bottom && b.bottom > a.top - 14;
  }

  /**
   * How many of the elements around a label do not hold a field; Infinity if none of them does.
   * @param {Element} label @param {Token} [token]
   */
  function stepsTo(label, token) {
    let steps = 0;
    for (let around = label.parentElement; around && token; around = dom.parentElement(around)) {
      if (around.contains(token.node)) return steps;
      steps++;
    }
    return Infinity;
  }

  /** The element that a token's text is drawn in. @param {Token} token */
  const drawnIn = ({ node }) =>
    node.nodeType === Node.TEXT_NODE ? node.parentElement : /** @type {Element} */ (node);

  /**
   * Whether a text directly follows a field on the same line, in either direction of writing.
   * @param {Token} field @param {Token} [token]
   */
  function isBeside(field, token) {
    const text = token && !token.button && drawnIn(token);
    if (!text) return false;
    const a = /** @type {Element} */ (field.node).getBoundingClientRect();
    const b = dom.getBoundingClientRect(text);
    const gap = Math.min(Math.abs(b.left - a.right), Math.abs(a.left - b.right));
    const middle = b.top + b.height / 2;
    return gap < 40 && middle > a.top && middle < a.bottom;
  }

  /**
   * The text that a field is drawn level with or below, wherever it stands in the document: the
   * nearest one before it on its line, or else just above it.
   * @param {Token[]} tokens @param {number} at the field's place @param {(token: Token) => boolean} isVisible
   */
  function alignedText(tokens, at, isVisible) {
    const field = /** @type {HTMLElement} */ (tokens[at].node).getBoundingClientRect();
    const isLeftward = getComputedStyle(/** @type {HTMLElement} */ (tokens[at].node)).direction === "rtl";
    let best = { text: "", distance: Infinity };
    for (const token of tokens.slice(Math.max(0, at - 40), at + 40)) {
      const isText = token.node.nodeType === Node.TEXT_NODE && isVisible(token);
      const distance = isText ? distanceTo(field, areaOf(token.node), isLeftward) : Infinity;
      if (distance < best.distance) best = { text: textOf(token), distance };
    }
    return best.text;
  }

  /** @param {Node} node a text */
  function areaOf(node) {
    const range = document.createRange();
    range.selectNodeContents(node);
    return range.getBoundingClientRect();
  }

  /**
   * How far before a field a text stands on its line, or how far above it; Infinity for neither. Any
   * on the line is nearer than those above.
   * @param {DOMRect} field @param {DOMRect} text @param {boolean} isLeftward whether lines run to the left
   */
  function distanceTo(field, text, isLeftward) {
    const middle = text.top + text.height / 2;
    const before = isLeftward ? text.left - field.right : field.left - text.right;
    if (middle > field.top && middle < field.bottom) return before > -4 && before < 400 ? before : Infinity;
    const start = isLeftward ? Math.abs(text.right - field.right) : Math.abs(text.left - field.left);
    const above = field.top - text.bottom;
    return above > -4 && above < 30 && start < 24 ? 1000 + above : Infinity;
  }

  /**
   * The text that is drawn over a field, as floating labels are.
   * @param {Token} field @param {Token} [token]
   */
  function overlaid(field, token) {
    const over = token && drawnIn(token);
    if (!over) return "";
    const a = /** @type {Element} */ (field.node).getBoundingClientRect();
    const b = dom.getBoundingClientRect(over);
    const inside =
      b.left >= a.left - 4 && b.right <= a.right + 4 && b.top >= a.top - 14 && b.bottom <= a.bottom + 4;
    return inside ? textOf(token) : "";
  }

  /**
   * The elements of a tag in all trees.
   * @param {string} tag @param {Set<ShadowRoot>} shadows @returns {Element[]}
   */
  const elementsOf = (tag, shadows) => [
    ...document.getElementsByTagName(tag),
    ...[...shadows].flatMap((shadow) => [...shadow.querySelectorAll(tag)]),
  ];

  /**
   * The texts of the links and buttons outside menus and footers.
   * @param {Token[]} tokens @param {Set<ShadowRoot>} shadows
   */
  const linkTexts = (tokens, shadows) =>
    [
      ...elementsOf("a", shadows).slice(0, 200),
      ...tokens.filter(({ button }) => button).map(({ node }) => node),
    ]
      .map((link) => /** @type {Element} */ (link))
      .filter((link) => !link.closest("nav, footer") && link.checkVisibility({ visibilityProperty: true }))
      .map((link) => shorten(link.textContent, 60))
      .filter(Boolean)
      .slice(0, 30);

  /** @param {Token[]} tokens @param {Set<ShadowRoot>} shadows */
  const showsQRCode = (tokens, shadows) =>
    [...tokens.filter(({ picture }) => picture).map(({ node }) => node), ...elementsOf("svg", shadows)]
      .slice(0, 60)
      .map((picture) => /** @type {Element} */ (picture))
      .some((picture) => isQRCode(picture) && picture.checkVisibility({ visibilityProperty: true }));

  /**
   * Whether a picture is or may be a QR code: a square one that says so, or that the page drew itself.
   * @param {Element} picture
   */
  function isQRCode(picture) {
    const { width, height } = picture.getBoundingClientRect();
    if (width < 90 || width > 600 || Math.abs(width - height) > 8) return false;
    const names = ["alt", "id", "class", "src", "aria-label"].map((name) =>
      attribute(picture, name).slice(0, 200),
    );
    if (/(^|[^a-z])qr([^a-z]|code|$)/i.test(names.join(" "))) return true;
    if (picture.localName === "canvas") return width <= 400;
    if (picture.localName === "img") return /^(data:image\/(png|gif|svg)|blob:)/.test(names[3]);
    const shapes = picture.querySelectorAll("rect, path");
    return shapes.length > 200 || [...shapes].some((shape) => attribute(shape, "d").length > 1500);
  }

  /** The frames that are shown, as far as the page around them knows them. */
  function frames() {
    return [...document.querySelectorAll("iframe")]
      .slice(0, 50)
      .filter((frame) => frame.checkVisibility())
      .map((frame) => {
        const box = frame.getBoundingClientRect();
        const at = URL.parse(frame.src);
        const apart = frame.hasAttribute("sandbox") && !frame.sandbox.contains("allow-same-origin");
        return {
          origin: apart ? "null" : (at?.origin ?? ""),
          name: shorten([frame.title, frame.name, frame.id, at?.pathname].filter(Boolean).join(" ")),
          w: Math.round(box.width),
          h: Math.round(box.height),
        };
      });
  }

  /** @type {MutationObserver | undefined} */
  let observer;
  let timer = 0;

  function changed() {
    clearTimeout(timer);
    timer = setTimeout(() => chrome.runtime.sendMessage({ kind: "page_changed" }), 150);
  }

  // A shadow tree tells its changes to nobody outside it.
  function watchAll() {
    const what = {
      childList: true,
      subtree: true,
      attributes: true,
      attributeFilter: ["class", "style", "hidden", "disabled", "open", "inert"],
    };
    for (const root of [document, ...lastShadows]) observer?.observe(root, what);
  }

  /** @param {boolean} on */
  function watch(on) {
    observer?.disconnect();
    observer = undefined;
    clearTimeout(timer);
    for (const end of ["transitionend", "animationend"]) document.removeEventListener(end, changed, true);
    if (!on) return;
    observer = new MutationObserver(changed);
    watchAll();
    for (const end of ["transitionend", "animationend"]) document.addEventListener(end, changed, true);
  }

  return { id, describe, watch, elementOf, shorten, attribute };
})();
