/**
 * Runs in each frame of the page, in the extension's world: reads the frame's fields, and
 * what became of them. It leaves the nodes of other frames alone: seen from here first,
 * they would look strange to the extension there.
 */
function reader() {
  if (globalThis.scored) return;
  const hosts = new Set([
    "article",
    "aside",
    "blockquote",
    "body",
    "div",
    "footer",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "main",
    "nav",
    "p",
    "section",
    "span",
  ]);
  const pressed = new Set(["button", "submit", "reset", "image", "file"]);

  function shadowOf(element) {
    if (element.shadowRoot) return element.shadowRoot;
    if (
      element.ownerDocument !== document ||
      (!hosts.has(element.localName) && !element.localName.includes("-"))
    ) {
      return null;
    }
    if (!globalThis.chrome?.dom) return element.openOrClosedShadowRoot ?? null;
    return chrome.dom.openOrClosedShadowRoot(element);
  }

  /** Every element under a root, those of shadow trees included. */
  function* elements(root = document) {
    for (const element of root.querySelectorAll("*")) {
      yield element;
      const shadow = shadowOf(element);
      if (shadow) yield* elements(shadow);
    }
  }

  const editable = (element) => element.isContentEditable && !element.parentElement?.isContentEditable;
  const isField = (element) =>
    (element.localName === "input" && !pressed.has(element.type)) ||
    element.localName === "textarea" ||
    element.localName === "select" ||
    editable(element);

  function valueOf(element) {
    if (element.localName === "select") {
      return [...element.selectedOptions].map((option) => `${option.value} ${option.text.trim()}`).join("; ");
    }
    if (element.type === "checkbox" || element.type === "radio") return element.checked ? "checked" : "";
    return (element.value ?? element.textContent ?? "").trim();
  }

  /** The element of a selector without frames: "host >>> inner" goes into a shadow tree. */
  function within(root, selector) {
    const [first, ...inner] = selector.split(">>>");
    let element = root.querySelector(first);
    for (const part of inner) element = (element && shadowOf(element)?.querySelector(part)) ?? null;
    return element;
  }

  /** The element of a label's selector if it is of this frame: "frame |> inner" is in a frame. */
  function find(selector) {
    const frames = selector.split("|>"),
      own = frames.pop();
    let here = /** @type {Window} */ (window);
    for (const frame of frames.reverse()) {
      if (!here.frameElement || within(here.parent.document, frame) !== here.frameElement) return null;
      here = here.parent;
    }
    return here === top ? within(document, own) : null;
  }

  function nameOf(element) {
    const attributes = ["id", "name", "autocomplete", "type"]
      .map((name) => [name, element.getAttribute(name)])
      .filter(([, value]) => value);
    return (
      element.localName + attributes.map(([name, value]) => `[${name}=${JSON.stringify(value)}]`).join("")
    );
  }

  const next = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

  let before = new Map(),
    spared = new Set();
  const labelled = (selectors) => selectors.map(find).filter(Boolean);

  globalThis.scored = {
    /** Which of the labelled fields are here, after a moment for them to come. */
    async found(selectors) {
      if (!selectors.every(find)) await next(30);
      return selectors.filter(find);
    },

    /** Waits until all is loaded and nothing is added or removed for a while, and not for ever. */
    async still() {
      for (let i = 0; i < 100 && document.readyState !== "complete"; i++) await next(30);
      let last = performance.now();
      const ends = last + 1500;
      const observer = new MutationObserver(() => {
        last = performance.now();
      });
      observer.observe(document, { childList: true, subtree: true });
      while (performance.now() < Math.min(last + 100, ends)) await next(20);
      observer.disconnect();
    },

    /** Remembers what stands in every field, and which of them may change. */
    before(allowed) {
      before = new Map(
        elements()
          .filter(isField)
          .map((element) => [element, valueOf(element)]),
      );
      spared = new Set(labelled(allowed));
    },

    /** What has changed since, and was not to; what was typed may be in no new field either. */
    after(allowed, typed) {
      for (const element of labelled(allowed)) spared.add(element);
      const changes = [];
      for (const element of elements()) {
        if (!isField(element) || spared.has(element)) continue;
        const value = valueOf(element),
          old = before.get(element);
        if (old === undefined ? value.replace(/[^\p{L}\p{N}]/gu, "").includes(typed) : value !== old) {
          changes.push({ field: nameOf(element), from: old ?? "", to: value });
        }
      }
      return changes;
    },

    /** What stands in the labelled fields that are here. */
    values: (selectors) =>
      selectors.map((selector) => {
        const element = find(selector);
        return element && valueOf(element);
      }),
  };
}
