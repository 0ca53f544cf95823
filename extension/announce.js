// @ts-check
// Tells screen readers what changed, through the page's one live region. It never moves the
// focus.

/** How long the region waits for more to say, and how long it keeps it, in milliseconds. */
const gatherTime = 50;
const clearTime = 5000;

/** @type {string[]} */
let queue = [];

/** What was announced last for each element. @type {WeakMap<Element, string>} */
const announced = new WeakMap();

/** Announces a text, together with others of the same moment. @param {string} text */
export function announce(text) {
  if (!text) return;
  if (queue.push(text) === 1) setTimeout(flush, gatherTime);
}

/**
 * Announces what an element says, unless that is what it said last.
 * @param {Element} element @param {string} text
 */
export function announceChange(element, text) {
  if (announced.get(element) === text) return;
  announced.set(element, text);
  announce(text);
}

function flush() {
  const region = document.querySelector("#said");
  const text = queue.join(" ");
  queue = [];
  if (!region) return;
  region.textContent = text;
  // Left there, a screen reader would find it as a part of the page.
  setTimeout(() => {
    if (region.textContent === text) region.textContent = "";
  }, clearTime);
}
