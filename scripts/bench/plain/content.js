// @ts-check
// Puts a code where it always goes.

chrome.runtime.connect().onMessage.addListener(({ code }) => {
  const field = /** @type {HTMLInputElement | null} */ (document.querySelector("#code"));
  if (!code || !field) return;
  field.value = code;
  field.dispatchEvent(new InputEvent("input", { bubbles: true }));
});
