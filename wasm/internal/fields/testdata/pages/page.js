// What a page's own state has taken: a code by accept(), a number by tel().
let accepted = "", tel = "";
window.__state = () => ({ accepted, tel });
const $ = (selector) => document.querySelector(selector);

/** One field that takes a code of n characters. */
function single(field, n, pattern = /^\d+$/) {
  field.addEventListener("input", () => {
    const value = (field.value ?? field.textContent).trim();
    accepted = value.length === n && pattern.test(value) ? value : "";
  });
}

/** Boxes of one digit, each passing the keyboard on to the next. */
function row(boxes) {
  boxes.forEach((box, i) => box.addEventListener("input", () => {
    box.value = box.value.slice(-1);
    if (box.value) boxes[i + 1]?.focus();
    accepted = boxes.every((b) => /^\d$/.test(b.value)) ? boxes.map((b) => b.value).join("") : "";
  }));
}

/** A number field that wants the number as read(value) makes it international. */
function number(field, read) {
  field.addEventListener("input", () => { tel = read(field.value.replace(/[\s()-]/g, "")) ?? ""; });
  $("select")?.addEventListener("change", () => { tel = read(field.value.replace(/[\s()-]/g, "")) ?? ""; });
}
