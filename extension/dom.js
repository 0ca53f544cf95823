// @ts-check
// Reads elements by way of their prototypes. In Chromium a form answers to the names of
// its fields before its own properties, in an extension's world too: with a field that is
// named "parentElement", form.parentElement is that field. Whatever may be a form is read
// through these.

/**
 * @typedef {{
 *   firstChild: (of: Node) => Node | null,
 *   nextSibling: (of: Node) => Node | null,
 *   parentElement: (of: Node) => HTMLElement | null,
 *   textContent: (of: Node) => string | null,
 *   treeOf: (of: Node) => Document | ShadowRoot,
 *   dispatchEvent: (of: EventTarget, event: Event) => boolean,
 *   contains: (of: Node, node: Node) => boolean,
 *   attributes: (of: Element) => NamedNodeMap,
 *   children: (of: Element) => HTMLCollection,
 *   getAttribute: (of: Element, name: string) => string | null,
 *   checkVisibility: (of: Element, options: CheckVisibilityOptions) => boolean,
 *   getBoundingClientRect: (of: Element) => DOMRect,
 *   querySelector: (of: Element, selectors: string) => HTMLElement | null,
 *   querySelectorAll: (of: Element, selectors: string) => NodeListOf<HTMLElement>,
 *   offsetHeight: (of: HTMLElement) => number,
 *   isContentEditable: (of: HTMLElement) => boolean,
 * }} Dom
 */

/** @type {any} */ (globalThis)[Symbol.for("companion")] ??= {};
/** @type {any} */ (globalThis)[Symbol.for("companion")].dom ??= (() => {
  /** A getter or a method, as a function of its object. */
  /** @param {{prototype: object}} type @param {string} name */
  const own = (type, name) => {
    const { get, value } = /** @type {PropertyDescriptor} */ (
      Object.getOwnPropertyDescriptor(type.prototype, name)
    );
    return /** @type {(...args: any[]) => any} */ (Function.prototype.call.bind(get ?? value));
  };
  const getRootNode = own(Node, "getRootNode");
  /** @type {Dom} */
  const dom = {
    firstChild: own(Node, "firstChild"),
    nextSibling: own(Node, "nextSibling"),
    parentElement: own(Node, "parentElement"),
    textContent: own(Node, "textContent"),
    treeOf(of) {
      const root = getRootNode(of);
      return root instanceof ShadowRoot ? root : document;
    },
    dispatchEvent: own(EventTarget, "dispatchEvent"),
    contains: own(Node, "contains"),
    attributes: own(Element, "attributes"),
    children: own(Element, "children"),
    getAttribute: own(Element, "getAttribute"),
    checkVisibility: own(Element, "checkVisibility"),
    getBoundingClientRect: own(Element, "getBoundingClientRect"),
    querySelector: own(Element, "querySelector"),
    querySelectorAll: own(Element, "querySelectorAll"),
    offsetHeight: own(HTMLElement, "offsetHeight"),
    isContentEditable: own(HTMLElement, "isContentEditable"),
  };
  return dom;
})();
