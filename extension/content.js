// @ts-check
// Describes a frame's form fields in plain data, and types into them what it is told.
// It chooses nothing, and it submits nothing: no Enter, no click.

/** @typedef {{ref: number, value: string, option: number, accept?: string[]}} Step */
/** @typedef {{steps: Step[], whole?: string}} Plan */

/** @type {any} */ (globalThis).companion ??= (() => {
  const maxFields = 400;
  const maxText = 120;
  const inputTypes = new Set(["text", "tel", "number", "password", "search", "email", "url", ""]);

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

  /** @param {string | null | undefined} text */
  const short = (text) => (text ?? "").replace(/\s+/g, " ").trim().slice(0, maxText);

  /** @param {Element} element @returns {ShadowRoot | null} */
  function shadowOf(element) {
    if (element.shadowRoot) return element.shadowRoot;
    const any = /** @type {any} */ (element);
    if (any.openOrClosedShadowRoot) return any.openOrClosedShadowRoot;
    // Only elements that can have one are asked, since asking is slow.
    if (!element.localName.includes("-") && !["div", "span", "section", "main", "article", "form"].includes(element.localName)) return null;
    try {
      return /** @type {any} */ (chrome).dom?.openOrClosedShadowRoot(element) ?? null;
    } catch {
      return null;
    }
  }

  /** @param {Element} element */
  const isField = (element) =>
    (element instanceof HTMLInputElement && inputTypes.has(element.getAttribute("type")?.toLowerCase() ?? "")) ||
    element instanceof HTMLSelectElement ||
    (element instanceof HTMLElement && element.isContentEditable && !element.parentElement?.isContentEditable);

  /**
   * The frame's fields and texts in the order of the document, shadow trees included.
   * @typedef {{field?: HTMLElement, text?: string, heading?: boolean, button?: boolean}} Token
   * @param {Node} root @param {Token[]} tokens
   */
  function walk(root, tokens) {
    for (let node = root.firstChild; node; node = node.nextSibling) {
      if (node.nodeType === Node.TEXT_NODE) {
        const text = short(node.nodeValue);
        if (text) tokens.push({ text });
      } else if (node instanceof Element) {
        if (/^(script|style|noscript|template|svg|iframe|option)$/i.test(node.localName)) continue;
        if (isField(node)) {
          tokens.push({ field: /** @type {HTMLElement} */ (node) });
          continue;
        }
        if (/^h[1-6]$/.test(node.localName) || node.getAttribute("role") === "heading") {
          tokens.push({ text: short(node.textContent), heading: true });
          continue;
        }
        if (node.localName === "button" || ["button", "combobox"].includes(node.getAttribute("role") ?? "")) {
          tokens.push({ text: short(node.textContent) || short(node.getAttribute("aria-label") ?? node.getAttribute("title")), button: true });
          if (!node.querySelector("input, select")) continue;
        }
        // A closed list speaks of what could be chosen, not of what is.
        if ((node.localName === "ul" || node.getAttribute("role") === "listbox") && !node.checkVisibility()) continue;
        const shadow = shadowOf(node);
        if (shadow) walk(shadow, tokens);
        walk(node, tokens);
      }
    }
  }

  /** @param {HTMLElement} element @param {string} name */
  function referred(element, name) {
    const root = /** @type {Document | ShadowRoot} */ (element.getRootNode());
    return (element.getAttribute(name) ?? "").split(/\s+/).filter(Boolean).map((id) => root.getElementById?.(id)?.textContent ?? "").join(" ");
  }

  /** @param {HTMLElement} element */
  function labelOf(element) {
    const labels = [.../** @type {HTMLInputElement} */ (element).labels ?? []].map((label) => {
      const copy = /** @type {HTMLElement} */ (label.cloneNode(true));
      for (const inner of copy.querySelectorAll("select, input, option, script, style")) inner.remove();
      return copy.textContent;
    });
    return short([...labels, element.getAttribute("aria-label"), referred(element, "aria-labelledby"), element.getAttribute("title")].filter(Boolean).join(" · "));
  }

  /** @param {HTMLElement} element */
  function groupOf(element) {
    const group = /** @type {HTMLElement | null} */ (element.closest("fieldset, [role=group], [role=radiogroup]"));
    return group ? short([group.querySelector("legend")?.textContent, group.getAttribute("aria-label"), referred(group, "aria-labelledby")].filter(Boolean).join(" · ")) : "";
  }

  /** @param {HTMLElement} element @param {DOMRect} box */
  function visibility(element, box) {
    if (!element.checkVisibility({ visibilityProperty: true })) return "hidden";
    if (box.right + scrollX < 0 || box.bottom + scrollY < 0) return "hidden";
    const style = getComputedStyle(element);
    if (/inset\((50|100)%/.test(style.clipPath) || /rect\((0px, ){3}0px\)/.test(style.clip)) return "hidden";
    if (box.width <= 1 || box.height <= 1 || !element.checkVisibility({ opacityProperty: true })) return "faint";
    return "shown";
  }

  /** @param {HTMLElement} element */
  function hintsOf(element) {
    const data = [...element.attributes].filter((a) => a.name.startsWith("data-") && a.name.length < 40).map((a) => `${a.name.slice(5)} ${a.value}`);
    return short([element.getAttribute("class"), ...data].filter(Boolean).join(" "));
  }

  /** @param {HTMLElement} element */
  function imageOf(element) {
    let around = element.parentElement;
    for (let i = 0; around && i < 2; i++) around = around.parentElement ?? around;
    const images = around ? [...around.querySelectorAll("img, canvas")].slice(0, 4) : [];
    return short(images.map((image) => [image.getAttribute("alt"), image.id, image.className, image.getAttribute("src")?.slice(0, 60)].join(" ")).join(" "));
  }

  /** @type {Map<string, string> | undefined} */
  let regionNames;
  /** @param {string} text */
  function regionOf(text) {
    if (!regionNames) {
      regionNames = new Map();
      for (const language of [document.documentElement.lang || "en", "en"]) {
        let names;
        try {
          names = new Intl.DisplayNames([language], { type: "region", fallback: "none" });
        } catch {
          continue;
        }
        for (let a = 65; a <= 90; a++) for (let b = 65; b <= 90; b++) {
          const code = String.fromCharCode(a, b);
          const name = names.of(code);
          if (name) regionNames.set(name.toLowerCase(), code);
        }
      }
    }
    return regionNames.get(text.toLowerCase().replace(/[(（+].*$/, "").replace(/^[^\p{L}]+/u, "").trim());
  }

  /** @param {HTMLSelectElement} select */
  const optionsOf = (select) =>
    [...select.options].slice(0, 300).map((option) => {
      const text = short(option.textContent);
      return { value: option.value, text, selected: option.selected, region: select.options.length > 2 ? regionOf(text) : undefined };
    });

  /** @param {HTMLElement} element */
  function describeField(element) {
    const input = /** @type {HTMLInputElement} */ (element);
    const box = element.getBoundingClientRect();
    const root = /** @type {Document | ShadowRoot} */ (element.getRootNode());
    const value = element.isContentEditable ? short(element.textContent) : short(input.value);
    const kind = element instanceof HTMLSelectElement ? "select" : element instanceof HTMLInputElement ? "input" : "editable";
    return {
      ref: refOf(element), kind,
      form: input.form ? [...document.forms].indexOf(input.form) + 1 : 0,
      type: kind === "input" ? input.getAttribute("type")?.toLowerCase() ?? "" : "",
      name: short(element.getAttribute("name")), id: short(element.id), hints: hintsOf(element),
      autocomplete: short(element.getAttribute("autocomplete")), input_mode: short(element.getAttribute("inputmode")),
      pattern: short(element.getAttribute("pattern")), max_length: input.maxLength > 0 ? input.maxLength : 0,
      placeholder: short(element.getAttribute("placeholder") ?? element.getAttribute("aria-placeholder")),
      label: labelOf(element), description: short(referred(element, "aria-describedby")), group: groupOf(element),
      value: input.type === "password" && value ? "•" : value,
      visibility: visibility(element, box), aria_hidden: Boolean(element.closest("[aria-hidden=true]")),
      unfocusable: element.tabIndex < 0 || getComputedStyle(element).pointerEvents === "none",
      read_only: Boolean(input.readOnly), disabled: element.matches(":disabled"), focused: root.activeElement === element,
      x: Math.round(box.x + scrollX), y: Math.round(box.y + scrollY), w: Math.round(box.width), h: Math.round(box.height),
      options: element instanceof HTMLSelectElement ? optionsOf(element) : undefined, image: imageOf(element),
    };
  }

  function describe() {
    /** @type {Token[]} */
    const tokens = [];
    if (document.body) walk(document.body, tokens);
    const fields = [];
    let heading = "";
    /** @type {string[]} */
    let texts = [];
    let picker = "";
    /** @type {string[][]} */
    const gaps = [];
    for (const token of tokens) {
      if (token.field && fields.length < maxFields) {
        const field = describeField(token.field);
        fields.push({ ...field, heading, picker, before: texts.slice(-3) });
        gaps.push([]);
        if (field.visibility !== "hidden") {
          texts = [];
          picker = "";
        }
        continue;
      }
      if (token.heading) heading = token.text ?? "";
      if (token.button) picker = token.text ?? "";
      texts.push(token.text ?? "");
      gaps.at(-1)?.push(token.text ?? "");
    }
    const text = tokens.filter((token) => token.text).map((token) => token.text).join("\n").slice(0, 4000);
    return {
      origin: location.origin === "null" ? parentOrigin() : location.origin, lang: document.documentElement.lang, title: short(document.title), text,
      fields: fields.map((field, i) => ({ ...field, after: gaps[i].slice(0, 3) })), frames: frames(),
    };
  }

  /** The frames that are shown, as far as the page around them knows them. */
  function frames() {
    return [...document.querySelectorAll("iframe")].slice(0, 50).filter((frame) => frame.checkVisibility()).map((frame) => {
      const box = frame.getBoundingClientRect(), at = URL.parse(frame.src);
      return { origin: at?.origin ?? "", name: short([frame.title, frame.name, frame.id, at?.pathname].filter(Boolean).join(" ")), w: Math.round(box.width), h: Math.round(box.height) };
    });
  }

  /** A srcdoc frame belongs to the page that wrote it. */
  function parentOrigin() {
    try {
      return parent.location.origin;
    } catch {
      return "null";
    }
  }

  const pause = (/** @type {number} */ ms) => new Promise((resolve) => setTimeout(resolve, ms));
  const plain = (/** @type {string} */ text) => text.normalize("NFKC").replace(/[^\p{L}\p{N}]/gu, "");

  /** @param {HTMLElement} element */
  const valueOf = (element) => (element.isContentEditable ? element.textContent ?? "" : /** @type {HTMLInputElement} */ (element).value);

  /** @param {HTMLElement} element @param {string} type @param {string} value */
  const key = (element, type, value) =>
    element.dispatchEvent(new KeyboardEvent(type, { key: value.length === 1 ? value : "Unidentified", bubbles: true, cancelable: true, composed: true }));

  /** @param {HTMLElement} element */
  function selectAll(element) {
    if (element.isContentEditable) getSelection()?.selectAllChildren(element);
    else /** @type {HTMLInputElement} */ (element).select();
  }

  /** Types as a person's keyboard would, and by other ways where the page does not take that. */
  /** @param {HTMLElement} element @param {string} value */
  function type(element, value) {
    element.focus({ preventScroll: true });
    key(element, "keydown", value);
    if (plain(valueOf(element)) !== plain(value)) {
      selectAll(element);
      document.execCommand("insertText", false, value);
    }
    if (plain(valueOf(element)) !== plain(value) && element.isConnected) {
      if (element.isContentEditable) element.textContent = value;
      else Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value")?.set?.call(element, value);
      element.dispatchEvent(new InputEvent("input", { bubbles: true, composed: true, inputType: "insertText", data: value }));
    }
    key(element, "keyup", value);
    element.dispatchEvent(new Event("change", { bubbles: true }));
  }

  /** @param {HTMLSelectElement} select @param {Step} step */
  function choose(select, step) {
    select.focus({ preventScroll: true });
    select.selectedIndex = step.option;
    select.dispatchEvent(new Event("input", { bubbles: true, composed: true }));
    select.dispatchEvent(new Event("change", { bubbles: true }));
  }

  /** @param {HTMLElement | undefined} element @param {Step} step */
  function kept(element, step) {
    if (!element) return false;
    if (!element.isConnected) return true; // the page took it and went on
    if (element instanceof HTMLSelectElement) return element.selectedIndex === step.option;
    return [step.value, ...(step.accept ?? [])].some((text) => plain(text) === plain(valueOf(element)));
  }

  /** @param {Plan} plan */
  async function fill(plan) {
    const steps = plan.steps.map((step) => ({ step, element: elements.get(step.ref)?.deref() }));
    for (const { step, element } of steps) {
      if (!element?.isConnected) continue;
      if (element instanceof HTMLSelectElement) choose(element, step);
      else type(element, step.value);
      await pause(steps.length > 1 ? 30 : 0);
    }
    await pause(60);
    let all = steps.every(({ step, element }) => kept(element, step));
    const first = steps[0]?.element;
    if (!all && plan.whole && first?.isConnected) {
      const whole = plan.whole;
      type(first, whole);
      await pause(60);
      const together = steps.map(({ element }) => (element ? valueOf(element) : "")).join("");
      all = !first.isConnected || plain(together) === plain(whole) || plain(valueOf(first)) === plain(whole);
    }
    const last = steps.at(-1)?.element;
    if (last?.isConnected) last.blur();
    return { kept: all };
  }

  /** @type {MutationObserver | undefined} */
  let observer;
  let timer = 0;

  /** @param {boolean} on */
  function watch(on) {
    observer?.disconnect();
    observer = undefined;
    clearTimeout(timer);
    if (!on) return;
    observer = new MutationObserver(() => {
      clearTimeout(timer);
      timer = setTimeout(() => chrome.runtime.sendMessage({ kind: "page_changed" }), 150);
    });
    observer.observe(document, { childList: true, subtree: true, attributes: true, attributeFilter: ["class", "style", "hidden", "disabled", "open"] });
  }

  return { describe, fill, watch };
})();
