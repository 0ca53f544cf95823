// @ts-check
// Describes a frame's form fields as plain data, and reports when the page changes. It never
// changes the page. What it keeps in the page's isolated world stands under a symbol, because a
// plain name there would find the element that the page gives that name.

/** @type {any} */ (globalThis)[Symbol.for("companion")].page ??= (() => {
  /** @type {Dom} */
  const dom = /** @type {any} */ (globalThis)[Symbol.for("companion")].dom;
  const maxFields = 300;
  /** How many of the first and of the last fields that differ only in digits are described. */
  const maxAlike = 12;
  /** The longest text that is taken from the page, in characters. */
  const maxText = 120;
  const maxOptions = 300;
  /** How many texts are read on either side of a field, and among how many tokens. */
  const maxNear = 4;
  const maxLooked = 200;
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

  /** @param {string | null | undefined} text */
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
        tokens.push({ node });
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
      return "hidden";
    }
    if (/inset\((50|100)%/.test(style.clipPath) || /rect\(([01]px,? ?){4}\)/.test(style.clip)) {
      return "hidden";
    }
    if (style.position !== "fixed" && isCutAway(element, box, boxes)) return "hidden";
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

  /** @type {Map<string, Map<string, string>>} */
  const regionNames = new Map();
  /** The regions' names in a language, lower-case, with their ISO codes. @param {string} language */
  function regionsIn(language) {
    let names = regionNames.get(language);
    if (!names) {
      names = readRegions(language);
      regionNames.set(language, names);
    }
    return names;
  }

  /** @param {string} language @returns {Map<string, string>} empty if the browser does not know it */
  function readRegions(language) {
    const names = new Map();
    try {
      const display = new Intl.DisplayNames([language], { type: "region", fallback: "none" });
      for (let i = 0; i < 26 * 26; i++) {
        const code = String.fromCharCode(65 + Math.floor(i / 26), 65 + (i % 26));
        const name = display.of(code);
        // A withdrawn code, such as FX, has the name of the one that replaced it.
        if (name && new Intl.Locale(`und-${code}`).region === code) names.set(name.toLowerCase(), code);
      }
    } catch {
      // The page's language may be anything.
    }
    return names;
  }

  /** @param {string} text @returns {string | undefined} the ISO code of the region that a text names */
  function regionOf(text) {
    const name = text
      .toLowerCase()
      .replace(/[(（+].*$/, "")
      .replace(/^[^\p{L}]+/u, "")
      .replace(/[\s\-–:,]+$/, "");
    if (name.length < 2) return undefined;
    return regionsIn(document.documentElement.lang || "en").get(name) ?? regionsIn("en").get(name);
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
    const box = element.getBoundingClientRect();
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
      label: labelOf(element, labels),
      description: shorten(referred(element, "aria-describedby")),
      group: groupOf(element),
      value: input.type === "password" && value ? "•" : value,
      visibility: visibility(element, box, style, boxes),
      aria_hidden: Boolean(element.closest("[aria-hidden=true]")),
      unfocusable: element.tabIndex < 0 || style.pointerEvents === "none",
      read_only: Boolean(input.readOnly),
      disabled: element.matches(":disabled"),
      focused: dom.treeOf(element).activeElement === element,
      x: Math.round(box.x + scrollX),
      y: Math.round(box.y + scrollY),
      w: Math.round(box.width),
      h: Math.round(box.height),
      options: element instanceof HTMLSelectElement ? optionsOf(element) : undefined,
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
    placeholder: shorten(element.getAttribute("placeholder") ?? element.getAttribute("aria-placeholder")),
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
    const described = describeFields(tokens, labelsByField(tokens, shadows));
    const { fields, texts } = placeFields(tokens, described);
    return {
      document: id,
      origin: self.origin,
      lang: document.documentElement.lang,
      title: shorten(document.title),
      text: texts.join("\n").slice(0, 4000),
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
   */
  function placeFields(tokens, described) {
    const isVisible = visibleTokens();
    const fields = [];
    /** @type {Set<string>} */
    const texts = new Set();
    let heading = "";
    for (const [i, token] of tokens.entries()) {
      if (token.heading && isVisible(token)) {
        heading = textOf(token);
        texts.add(heading);
      }
      const field = described.get(token);
      if (!field) continue;
      const element = /** @type {HTMLElement} */ (token.node);
      const before = readNear(tokens, i, -1, described, isVisible);
      const after = readNear(tokens, i, 1, described, isVisible);
      if (!field.label && !field.placeholder) field.label = overlaid(element, after.texts[0]?.token);
      const buttons = field.kind === "input" ? [...before.buttons, ...after.buttons] : [];
      const picker = buttons.find((button) => level(button.element, element))?.element;
      const textsBefore = before.texts.map(({ text }) => text).reverse();
      const textsAfter = after.texts.map(({ text }) => text);
      for (const text of [...textsBefore, ...textsAfter]) texts.add(text);
      fields.push({
        ...field,
        heading,
        before: textsBefore,
        after: textsAfter,
        buttons: before.buttons
          .map(({ text }) => text)
          .filter(Boolean)
          .slice(0, maxNear),
        image: shorten([...before.pictures, ...after.pictures].filter(Boolean).join(" ")),
        picker: picker && describePicker(picker),
      });
    }
    return { fields, texts: [...texts] };
  }

  /** @param {HTMLElement} picker */
  const describePicker = (picker) => ({
    ref: refOf(picker),
    text: shownIn(picker),
    hints: shorten(["aria-label", "title", "id", "class"].map((name) => attribute(picker, name)).join(" ")),
  });

  /**
   * Reads what stands before or after a field, the nearest first, up to the next visible field.
   * @param {Token[]} tokens @param {number} at the field's place @param {1 | -1} step
   * @param {Map<Token, ReturnType<typeof describeField>>} described
   * @param {(token: Token) => boolean} isVisible
   */
  function readNear(tokens, at, step, described, isVisible) {
    /** @type {{text: string, token: Token}[]} */
    const texts = [];
    /** @type {{text: string, element: HTMLElement}[]} */
    const buttons = [];
    /** @type {string[]} */
    const pictures = [];
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
   * The text that is drawn over a field, as floating labels are.
   * @param {HTMLElement} element @param {Token | undefined} token
   */
  function overlaid(element, token) {
    const over =
      token?.node.nodeType === Node.TEXT_NODE
        ? token.node.parentElement
        : /** @type {Element | undefined} */ (token?.node);
    if (!token || !over) return "";
    const a = element.getBoundingClientRect();
    const b = dom.getBoundingClientRect(over);
    const inside =
      b.left >= a.left - 4 && b.right <= a.right + 4 && b.top >= a.top - 14 && b.bottom <= a.bottom + 4;
    return inside ? textOf(token) : "";
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

  return { id, describe, watch, elementOf, regionOf, shorten, attribute };
})();
