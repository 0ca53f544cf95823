// @ts-check
// Describes a frame's form fields in plain data, and tells when the page changes. What it
// keeps in the page's isolated world stands under a symbol: a plain name there would find
// the element that the page calls so.

/** @type {any} */ (globalThis)[Symbol.for("companion")].page ??= (() => {
  /** @type {Dom} */
  const dom = /** @type {any} */ (globalThis)[Symbol.for("companion")].dom;
  const maxFields = 300;
  const maxAlike = 12; // of fields that differ in nothing but figures, at either end
  const maxText = 120;
  const inputTypes = new Set(["text", "tel", "number", "password", "search", "email", "url", ""]);
  const buttonTypes = new Set(["button", "submit", "image"]);
  const passed = new Set([
    "script",
    "style",
    "noscript",
    "template",
    "svg",
    "iframe",
    "option",
    "datalist",
    "textarea",
    "video",
    "audio",
    "object",
    "head",
  ]);
  const headings = new Set(["h1", "h2", "h3", "h4", "h5", "h6"]);
  // Of plain elements these alone can have a shadow tree.
  const hosts = new Set([
    "article",
    "aside",
    "blockquote",
    "body",
    "div",
    "footer",
    "header",
    "main",
    "nav",
    "p",
    "section",
    "span",
  ]);

  // Names this document. The browser's own ids don't: with one of a page in its cache of
  // those to go back to, Chromium runs a script in the page that has taken its place.
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
  const short = (text, most = maxText) =>
    (text ?? "")
      .slice(0, 4 * most)
      .replace(/\s+/g, " ")
      .trim()
      .slice(0, most);
  /** @param {Element} element @param {string} name */
  const attribute = (element, name) => dom.getAttribute(element, name) ?? "";

  /** @param {HTMLElement} element */
  const isFilledEmpty = (element) =>
    !element.firstElementChild &&
    !/\S/.test(element.textContent ?? "") &&
    element.offsetWidth > 0 &&
    element.offsetHeight > 0;

  /** @param {Element} element, which is no form @returns {ShadowRoot | null} */
  function shadowOf(element) {
    if (element.shadowRoot) return element.shadowRoot;
    const any = /** @type {any} */ (element);
    if (any.openOrClosedShadowRoot) return any.openOrClosedShadowRoot;
    // Asking is slow: of plain elements only those are asked that fill a place with nothing.
    if (
      !element.localName.includes("-") &&
      !(hosts.has(element.localName) && isFilledEmpty(/** @type {HTMLElement} */ (element)))
    ) {
      return null;
    }
    try {
      const { dom } = /** @type {any} */ (chrome); // Chromium's alone
      return dom?.openOrClosedShadowRoot(element) ?? null;
    } catch {
      return null;
    }
  }

  /** An input that shows a choice and takes no text. */
  /** @param {Element} element */
  const isPicker = (element) =>
    element.getAttribute("role") === "combobox" &&
    (element.hasAttribute("readonly") || ["listbox", "true"].includes(attribute(element, "aria-haspopup")));

  /** @param {Element} element @param {string} name */
  function isField(element, name) {
    if (name === "input") {
      return inputTypes.has(/** @type {HTMLInputElement} */ (element).type) && !isPicker(element);
    }
    if (name === "select") return true;
    if (!element.hasAttributes()) return false;
    const edited = element.getAttribute("contenteditable");
    if (edited === null || edited === "false") return false;
    const around = element.parentElement;
    return !around || !(around instanceof HTMLElement && dom.isContentEditable(around));
  }

  /**
   * What stands in a frame, in the order of the document, shadow trees included. Texts
   * and places are read later, and only where they are asked for. No token is a form, which
   * is no more than what stands in it.
   * @typedef {{node: Node, field?: boolean, heading?: boolean, button?: boolean, picture?: boolean, label?: Element}} Token
   * @param {Node} root @param {Token[]} tokens @param {Set<ShadowRoot>} shadows @param {Element} [label] that it stands in
   */
  function walk(root, tokens, shadows, label) {
    for (let node = dom.firstChild(root); node; node = dom.nextSibling(node)) {
      if (node instanceof HTMLFormElement) {
        walk(node, tokens, shadows, label);
        continue;
      }
      if (node.nodeType === Node.TEXT_NODE) {
        if (/\S/.test(/** @type {Text} */ (node).data)) tokens.push({ node });
        continue;
      }
      if (node.nodeType !== Node.ELEMENT_NODE) continue;
      const element = /** @type {HTMLElement} */ (node);
      const name = element.localName;
      if (passed.has(name)) continue;
      if (isField(element, name)) {
        tokens.push({ node, field: true, label });
        continue;
      }
      if (name === "img" || name === "canvas") {
        tokens.push({ node, picture: true });
        continue;
      }
      if (name === "input") {
        if (buttonTypes.has(/** @type {HTMLInputElement} */ (element).type) || isPicker(element)) {
          tokens.push({ node, button: true });
        }
        continue;
      }
      const role = element.hasAttributes() ? element.getAttribute("role") : null;
      if (headings.has(name) || role === "heading") {
        tokens.push({ node, heading: true });
        continue;
      }
      if (name === "button" || role === "button" || role === "combobox") {
        tokens.push({ node, button: true });
        if (!element.querySelector("input, select")) continue;
      }
      // A closed list speaks of what could be chosen, not of what is.
      if ((name === "ul" || role === "listbox") && !element.checkVisibility()) continue;
      const shadow = shadowOf(element);
      if (shadow) {
        shadows.add(shadow);
        walk(shadow, tokens, shadows);
      }
      walk(element, tokens, shadows, name === "label" ? element : label);
    }
  }

  /** The text of a token; of a button without any, its name. */
  /** @param {Token} token */
  function textOf({ node, button }) {
    const text = short(node.nodeValue ?? node.textContent);
    if (text || !button) return text;
    const element = /** @type {HTMLInputElement} */ (node);
    return shownIn(element) || short(attribute(element, "aria-label") || attribute(element, "title"));
  }

  /** What a button or a picker shows, itself or in the elements just around it. */
  /** @param {HTMLElement} element */
  function shownIn(element) {
    const own = short(element.textContent) || short(/** @type {HTMLInputElement} */ (element).value);
    if (own || element.localName !== "input") return own;
    let around = element.parentElement;
    for (let i = 0; around && i < 4 && !short(dom.textContent(around)); i++) {
      around = dom.parentElement(around);
    }
    const text =
      around && dom.querySelectorAll(around, "input").length === 1 ? short(dom.textContent(around)) : "";
    return text.length <= 40 ? text : "";
  }

  /** @param {Element} element @param {string} name */
  function referred(element, name) {
    const ids = attribute(element, name);
    if (!ids) return "";
    const tree = dom.treeOf(element);
    return ids
      .split(/\s+/)
      .map((id) => tree.getElementById(id))
      .map((named) => named && dom.textContent(named))
      .join(" ");
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
    short(
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
      ? short(
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

  /** Whether one of the elements around cuts away what stands at a place of the viewport. */
  /** @param {HTMLElement} element @param {DOMRect} box @param {Map<Element, DOMRect>} boxes */
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
    return short([element.getAttribute("class"), ...data].filter(Boolean).join(" "));
  }

  /** A picture that could hold letters to copy: its names, or "". */
  /** @param {Element} picture */
  function pictureNames(picture) {
    const box = picture.getBoundingClientRect();
    const names = short(
      ["alt", "id", "class", "name", "src"].map((name) => attribute(picture, name).slice(0, 60)).join(" "),
    );
    return box.width >= 50 && box.width <= 400 && box.height >= 18 && box.height <= 150
      ? names || picture.localName
      : /captcha|code|verif|valid|secur|rand/i.test(names)
        ? names
        : "";
  }

  /** @type {Map<string, Map<string, string>>} */
  const regionNames = new Map();
  /** @param {string} language */
  function regionsIn(language) {
    let names = regionNames.get(language);
    if (!names) {
      names = new Map();
      try {
        const display = new Intl.DisplayNames([language], { type: "region", fallback: "none" });
        for (let a = 65; a <= 90; a++) {
          for (let b = 65; b <= 90; b++) {
            const code = String.fromCharCode(a, b);
            const name = display.of(code);
            if (name) names.set(name.toLowerCase(), code);
          }
        }
      } catch {
        // a language that the browser does not know
      }
      regionNames.set(language, names);
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
    [...select.options].slice(0, 300).map((option) => {
      const text = short(option.textContent, 60);
      return {
        value: short(option.value, 60),
        text,
        selected: option.selected,
        region: select.options.length > 2 ? regionOf(text) : undefined,
      };
    });

  /** What tells one field from another, figures apart. */
  /** @param {HTMLElement} element @param {string} label */
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

  /** The first and the last few. */
  /** @template T @param {T[]} list @param {number} most @returns {T[]} */
  const ends = (list, most) =>
    list.length > 2 * most ? [...list.slice(0, most), ...list.slice(-most)] : list;

  /**
   * The fields worth describing: on a page of hundreds, a few of those that look alike.
   * @param {Token[]} tokens @param {Map<string, Element[]>} labels @returns {Set<Token>}
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
      const label = (element.id && labels.get(element.id)?.[0]) || token.label;
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

  /**
   * @param {HTMLElement} element @param {Element[]} labels @param {Map<Element, DOMRect>} boxes
   * @param {Map<Element, number>} forms
   */
  function describeField(element, labels, boxes, forms) {
    const input = /** @type {HTMLInputElement} */ (element);
    const box = element.getBoundingClientRect(),
      style = getComputedStyle(element);
    const value = element.isContentEditable ? short(element.textContent) : short(input.value);
    const kind =
      element instanceof HTMLSelectElement
        ? "select"
        : element instanceof HTMLInputElement
          ? "input"
          : "editable";
    return {
      ref: refOf(element),
      kind,
      form: input.form ? (forms.get(input.form) ?? 0) : 0,
      type: kind === "input" ? input.type : "",
      name: short(element.getAttribute("name")),
      id: short(element.id),
      hints: hintsOf(element),
      autocomplete: short(element.getAttribute("autocomplete")),
      input_mode: short(element.getAttribute("inputmode")),
      pattern: short(element.getAttribute("pattern")),
      max_length: input.maxLength > 0 ? input.maxLength : 0,
      placeholder: short(element.getAttribute("placeholder") ?? element.getAttribute("aria-placeholder")),
      label: labelOf(element, labels),
      description: short(referred(element, "aria-describedby")),
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

    /** @type {Map<string, Element[]>} */
    const labels = new Map();
    for (const root of [document, ...shadows]) {
      for (const label of root.querySelectorAll("label[for]")) {
        const id = attribute(label, "for");
        labels.set(id, [...(labels.get(id) ?? []), label]);
      }
    }
    const forms = new Map([...document.forms].map((form, i) => [/** @type {Element} */ (form), i + 1]));
    const boxes = new Map();
    const keep = chosen(tokens, labels);
    /** @type {Map<Element, boolean>} */
    const seen = new Map();
    /** @param {Token} token */
    const isSeen = ({ node }) => {
      const element = /** @type {Element} */ (node.nodeType === Node.TEXT_NODE ? node.parentNode : node);
      let is = seen.get(element);
      if (is === undefined) {
        seen.set(
          element,
          (is = !(element instanceof Element) || dom.checkVisibility(element, { visibilityProperty: true })),
        );
      }
      return is;
    };

    const described = new Map();
    for (const token of keep) {
      const element = /** @type {HTMLElement} */ (token.node);
      const own = [
        ...((element.id && labels.get(element.id)) || []),
        ...(token.label && attribute(token.label, "for") !== element.id
          ? [token.label]
          : token.label && !labels.get(element.id)?.includes(token.label)
            ? [token.label]
            : []),
      ];
      described.set(
        token,
        describeField(
          element,
          own.filter((label) => label.getRootNode() === element.getRootNode()),
          boxes,
          forms,
        ),
      );
    }
    /** @param {number} at @param {number} step @param {number} most */
    const textsFrom = (at, step, most) => {
      const texts = [],
        pictures = [],
        buttons = [];
      for (
        let i = at + step, looked = 0;
        i >= 0 && i < tokens.length && texts.length < most && looked < 200;
        i += step, looked++
      ) {
        const token = tokens[i];
        if (token.field) {
          const field = described.get(token);
          if (!field || field.visibility !== "hidden") break;
        } else if (isSeen(token)) {
          if (token.picture) pictures.push(pictureNames(/** @type {Element} */ (token.node)));
          else {
            const text = textOf(token);
            if (token.button) buttons.push({ text, element: /** @type {HTMLElement} */ (token.node) });
            if (text && (!token.button || step > 0)) texts.push({ text, token });
          }
        }
      }
      return { texts, buttons, pictures };
    };

    const fields = [],
      text = new Set();
    let heading = "";
    for (let i = 0; i < tokens.length; i++) {
      const token = tokens[i];
      if (token.heading && isSeen(token)) text.add((heading = textOf(token)));
      const field = described.get(token);
      if (!field) continue;
      const before = textsFrom(i, -1, 4),
        after = textsFrom(i, 1, 4);
      if (!field.label && !field.placeholder) {
        field.label = overlaid(/** @type {HTMLElement} */ (token.node), after.texts[0]?.token);
      }
      const picker =
        field.kind === "input" &&
        [...before.buttons, ...after.buttons].find(({ element }) =>
          level(element, /** @type {HTMLElement} */ (token.node)),
        )?.element;
      for (const near of [...before.texts.reverse(), ...after.texts]) text.add(near.text);
      fields.push({
        ...field,
        heading,
        before: before.texts.map((near) => near.text),
        after: after.texts.map((near) => near.text),
        buttons: before.buttons
          .map((button) => button.text)
          .filter(Boolean)
          .slice(0, 4),
        image: short([...before.pictures, ...after.pictures].filter(Boolean).join(" ")),
        picker: picker
          ? {
              ref: refOf(picker),
              text: shownIn(picker),
              hints: short(
                ["aria-label", "title", "id", "class"].map((name) => attribute(picker, name)).join(" "),
              ),
            }
          : undefined,
      });
    }
    return {
      document: id,
      origin: self.origin,
      lang: document.documentElement.lang,
      title: short(document.title),
      text: [...text].join("\n").slice(0, 4000),
      fields,
      frames: frames(),
    };
  }

  /** Whether two elements stand on one line, side by side or over one another. */
  /** @param {HTMLElement} one @param {HTMLElement} other */
  function level(one, other) {
    const a = one.getBoundingClientRect(),
      b = other.getBoundingClientRect();
    const middle = a.top + a.height / 2;
    return middle > b.top - 4 && middle < b.bottom + 4;
  }

  /** The text that is drawn over a field, as floating labels are. */
  /** @param {HTMLElement} element @param {Token | undefined} token */
  function overlaid(element, token) {
    const over =
      token?.node.nodeType === Node.TEXT_NODE
        ? token.node.parentElement
        : /** @type {Element | undefined} */ (token?.node);
    if (!token || !over) return "";
    const a = element.getBoundingClientRect(),
      b = dom.getBoundingClientRect(over);
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
        const box = frame.getBoundingClientRect(),
          at = URL.parse(frame.src);
        const apart = frame.hasAttribute("sandbox") && !frame.sandbox.contains("allow-same-origin");
        return {
          origin: apart ? "null" : (at?.origin ?? ""),
          name: short([frame.title, frame.name, frame.id, at?.pathname].filter(Boolean).join(" ")),
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

  return { id, describe, watch, elementOf, regionOf, short, attribute };
})();
