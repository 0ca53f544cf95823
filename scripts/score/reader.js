/** Runs in the page, in the extension's world: reads all its fields, and what became of them. */
function reader() {
  if (globalThis.scored) return;
  const hosts = new Set(["article", "aside", "blockquote", "body", "div", "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "main", "nav", "p", "section", "span"]);
  const pressed = new Set(["button", "submit", "reset", "image", "file"]);

  function shadowOf(element) {
    if (element.shadowRoot) return element.shadowRoot;
    if (!hosts.has(element.localName) && !element.localName.includes("-")) return null;
    if (!globalThis.chrome?.dom) return element.openOrClosedShadowRoot ?? null;
    return chrome.dom.openOrClosedShadowRoot(element);
  }

  function documentOf(frame) {
    try {
      return frame.contentDocument;
    } catch {
      return null;
    }
  }

  /** Every element under a root, those of shadow trees and of frames of the same origin included. */
  function* elements(root) {
    for (const element of root.querySelectorAll("*")) {
      yield element;
      const inner = element.localName === "iframe" ? documentOf(element) : shadowOf(element);
      if (inner) yield* elements(inner);
    }
  }

  const editable = (element) => element.isContentEditable && !element.parentElement?.isContentEditable;
  const isField = (element) =>
    (element.localName === "input" && !pressed.has(element.type)) || element.localName === "textarea" || element.localName === "select" || editable(element);

  function valueOf(element) {
    if (element.localName === "select") return [...element.selectedOptions].map((option) => `${option.value} ${option.text.trim()}`).join("; ");
    if (element.type === "checkbox" || element.type === "radio") return element.checked ? "checked" : "";
    return (element.value ?? element.textContent ?? "").trim();
  }

  /** The element of a label's selector: "host >>> inner" goes into a shadow tree, "frame |> inner" into a frame. */
  function find(selector) {
    const parts = selector.split(/\s*(>>>|\|>)\s*/);
    let element = document.querySelector(parts[0]);
    for (let i = 1; element && i < parts.length; i += 2) {
      const root = parts[i] === ">>>" ? shadowOf(element) : documentOf(element);
      element = root?.querySelector(parts[i + 1]) ?? null;
    }
    return element;
  }

  function nameOf(element) {
    const attributes = ["id", "name", "autocomplete", "type"].map((name) => [name, element.getAttribute(name)]).filter(([, value]) => value);
    return element.localName + attributes.map(([name, value]) => `[${name}=${JSON.stringify(value)}]`).join("");
  }

  const next = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

  /** Waits until nothing has been added or removed for a while, and not for ever. */
  async function still(root) {
    let last = performance.now();
    const ends = last + 1500;
    const observer = new MutationObserver(() => { last = performance.now(); });
    observer.observe(root, { childList: true, subtree: true });
    while (performance.now() < Math.min(last + 100, ends)) await next(20);
    observer.disconnect();
  }

  let before = new Map();
  /** @param {string[]} allowed */
  const labelled = (allowed) => allowed.map(find).filter(Boolean);

  globalThis.scored = {
    /** Waits for the labelled fields, which may come late; says which of them did not come. */
    async ready(selectors) {
      const ends = performance.now() + 5000;
      while (performance.now() < ends && (document.readyState !== "complete" || !selectors.every(find))) await next(20);
      await still(document.documentElement);
      return selectors.filter((selector) => !find(selector));
    },

    /** Remembers what stands in every field, and which of them may change. */
    before(allowed) {
      before = new Map(elements(document).filter(isField).map((element) => [element, valueOf(element)]));
      before.allowed = labelled(allowed);
    },

    /** What has changed since, and was not to; typed is what was filled, which may be in no new field either. */
    after(allowed, typed) {
      const mine = new Set([...before.allowed, ...labelled(allowed)]);
      const changes = [];
      for (const element of elements(document)) {
        if (!isField(element) || mine.has(element)) continue;
        const value = valueOf(element), old = before.get(element);
        if (old === undefined ? typed && value.replace(/\D/g, "").includes(typed) : value !== old) {
          changes.push({ field: nameOf(element), from: old ?? "", to: value });
        }
      }
      return changes;
    },

    values: (selectors) => selectors.map((selector) => {
      const element = find(selector);
      return element ? valueOf(element) : "";
    }),
  };
}
