// @ts-check
// Says which country a text names or an element shows by its flag, for describe.js and pick.js.

/**
 * What region.js shares.
 * @typedef {{
 *   regionOf: (text: string) => string | undefined,
 *   regionOfCode: (text: string) => string,
 *   nameIn: (text: string) => string,
 *   shownBy: (element: Element, most?: number) => string,
 * }} Region
 */

/** @type {any} */ (globalThis)[Symbol.for("companion")].region ??= (() => {
  /** @type {Dom} */
  const dom = /** @type {any} */ (globalThis)[Symbol.for("companion")].dom;
  /** How many elements in one are read. */
  const maxParts = 12;

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

  /** A country's name without what pages write around it. @param {string} text */
  const nameIn = (text) =>
    text
      .toLowerCase()
      .replace(/^[^\p{L}]+/u, "")
      .replace(/[(（+].*$/, "")
      .replace(/[^\p{L}.]+$/u, "");

  /** @param {string} text @returns {string | undefined} the ISO code of the region that a text names */
  function regionOf(text) {
    const name = nameIn(text);
    if (name.length < 2) return undefined;
    return regionsIn(document.documentElement.lang || "en").get(name) ?? regionsIn("en").get(name);
  }

  /** @type {Set<string> | undefined} */
  let codes;
  /** @param {string | undefined} code two letters @returns {string} the ISO code; "" if it is none */
  function known(code) {
    codes ??= new Set(regionsIn("en").values());
    const region = (code ?? "").toUpperCase();
    return codes.has(region) ? region : "";
  }

  /**
   * The region in the classes of a flag: "fi fi-ng", "flag ng", "iti__flag iti__ng".
   * @param {string} value of the attribute class
   */
  function inClasses(value) {
    const classes = value.split(/\s+/);
    const isFlag = classes.some((one) => /(^|[-_])flag([-_]icon)?$|^fp$|^fi$/i.test(one));
    for (const one of classes) {
      const [, before, code] = /^(.*?)([a-z]{2})$/i.exec(one) ?? [];
      const isPrefixed = before && /(flag|country|^fi[bs]?|^fp|iti|vti|icon)[-_]+$/i.test(before);
      const isWord = isFlag && before === "" && !classes.some((other) => other.startsWith(`${one}-`));
      if ((isPrefixed || isWord) && known(code)) return known(code);
    }
    return "";
  }

  /**
   * The region in the address of a flag's picture: "/flags/ng.svg", "#flag-ng".
   * @param {string} value
   */
  function inAddress(value) {
    if (value.length > 300 || value.startsWith("data:")) return "";
    const file = /(^|[/_-])([a-z]{2})(@\dx)?\.(svg|png|webp|gif|jpe?g|avif)\b/i.exec(value);
    if (file && (file[1] !== "-" || /flag|countr/i.test(value))) return known(file[2]);
    return known(/#(?:[\w-]*[-_])?([a-z]{2})$/i.exec(value)?.[1]);
  }

  /** The region whose ISO code a text is, in capitals; "" if it is none. @param {string} text */
  const regionOfCode = (text) => (/^[A-Z]{2}$/.test(text) ? known(text) : "");

  /** The region that a flag's other name names: "Nigeria", "NG", "Flag of Nigeria". @param {string} value */
  const inName = (value) =>
    value.length === 2 ? known(value) : (regionOf(value.replace(/\bflag( of| for)?\b/i, "")) ?? "");

  /** @param {string} text @returns {string} the region of the flag in a text, if there is one alone */
  function inText(text) {
    const [flag, ...others] = text.match(/[\u{1F1E6}-\u{1F1FF}]{2}/gu) ?? [];
    if (!flag || others.length) return "";
    return known(
      [...flag].map((one) => String.fromCharCode((one.codePointAt(0) ?? 0) - 0x1f1e6 + 65)).join(""),
    );
  }

  /**
   * What reads the region in each attribute that may have one.
   * @type {Record<string, (value: string) => string>}
   */
  const readers = {
    class: inClasses,
    src: inAddress,
    "data-src": inAddress,
    href: inAddress,
    "xlink:href": inAddress,
    style: inAddress,
    alt: inName,
    title: inName,
    "aria-label": inName,
  };

  /** @param {Element} part */
  function flagIn(part) {
    for (const { name, value } of dom.attributes(part)) {
      const isLink = name === "href" && part.localName === "a";
      const region = value && !isLink && Object.hasOwn(readers, name) ? readers[name](value) : "";
      if (region) return region;
    }
    return "";
  }

  /**
   * @param {Element} element @param {number} [most] how many elements in it are read, with itself
   * @returns {string} the ISO code of the region whose flag or name an element shows; "" if there is
   * none, or more than one
   */
  function shownBy(element, most = maxParts) {
    const parts = [element, ...dom.querySelectorAll(element, "*")].slice(0, most);
    const regions = new Set([inText(dom.textContent(element) ?? ""), ...parts.map(flagIn)].filter(Boolean));
    return regions.size === 1 ? [...regions][0] : "";
  }

  return { regionOf, regionOfCode, nameIn, shownBy };
})();
