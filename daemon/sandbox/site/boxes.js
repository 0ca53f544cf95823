// @ts-check
"use strict";

/**
 * @template {HTMLElement} T
 * @param {string} id
 * @returns {T}
 */
const get = (id) => /** @type {T} */ (document.getElementById(id));

/** @type {HTMLFormElement} */
const phoneForm = get("step-phone");
/** @type {HTMLFormElement} */
const codeForm = get("step-code");
const boxes = [...codeForm.querySelectorAll("input")];
let phone = "";

/**
 * Sends a step's fields; shows the site's refusal in place.
 * @param {string} step
 * @param {HTMLButtonElement | HTMLFieldSetElement} control disabled meanwhile
 * @param {Record<string, string>} fields
 * @returns {Promise<Record<string, string> | null>}
 */
async function send(step, control, fields) {
  const problem = get(`${step}-error`);
  control.disabled = true;
  problem.hidden = true;
  try {
    const answer = await fetch(`/signup/boxes/${step}`, { method: "POST", body: new URLSearchParams(fields) });
    const result = await answer.json();
    if (!result.error) return result;
    problem.textContent = result.error;
  } catch {
    problem.textContent = "We can't be reached. Try again.";
  } finally {
    control.disabled = false;
  }
  problem.hidden = false;
  return null;
}

phoneForm.addEventListener("submit", async (event) => {
  event.preventDefault();
  /** @type {HTMLInputElement} */
  const field = get("phone");
  const result = await send("phone", get("continue"), { phone: field.value });
  if (!result) return;
  phone = result.phone;
  get("sent-to").textContent = phone;
  phoneForm.hidden = true;
  codeForm.hidden = false;
  boxes[0].focus();
});

/**
 * Spreads digits over the boxes from one of them on.
 * @param {number} from
 * @param {string} text
 */
function spread(from, text) {
  const digits = [...text.replace(/\D/g, "")].slice(0, boxes.length - from);
  digits.forEach((digit, i) => { boxes[from + i].value = digit; });
  boxes[Math.min(from + digits.length, boxes.length - 1)].focus();
  verifyWhenFull();
}

boxes.forEach((box, i) => {
  box.addEventListener("input", () => {
    box.value = box.value.replace(/\D/g, "");
    if (box.value && i + 1 < boxes.length) boxes[i + 1].focus();
    verifyWhenFull();
  });
  box.addEventListener("keydown", (event) => {
    if (event.key === "Backspace" && !box.value && i > 0) boxes[i - 1].focus();
  });
  box.addEventListener("paste", (event) => {
    event.preventDefault();
    spread(i, event.clipboardData?.getData("text") ?? "");
  });
});

codeForm.addEventListener("submit", (event) => event.preventDefault());

async function verifyWhenFull() {
  const code = boxes.map((box) => box.value).join("");
  /** @type {HTMLFieldSetElement} */
  const digits = get("digits");
  if (code.length < boxes.length || digits.disabled) return;
  const result = await send("code", digits, { phone, code });
  if (!result) {
    for (const box of boxes) box.value = "";
    boxes[0].focus();
    return;
  }
  /** @type {HTMLTemplateElement} */
  const welcome = get("step-welcome");
  codeForm.replaceWith(welcome.content);
  get("confirmed").textContent = phone;
  get("welcome").focus();
}
