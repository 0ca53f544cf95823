// What the pages of the tests share: they report a number as their picker and field make it.
const $ = (selector) => document.querySelector(selector);
const state = { dials: "44" };

Object.assign(globalThis, {
  state,

  number() {
    const digits = $("#tel").value.replace(/\D/g, "");
    return $("#tel").value.startsWith("+") ? `+${digits}` : `+${state.dials}${digits.replace(/^0/, "")}`;
  },

  /** Opens and closes the list at a click on the picker. */
  opens(picker, list) {
    picker.addEventListener("click", () => list.toggleAttribute("hidden"));
  },

  /** Takes the country of each option that a selector finds when it is clicked itself. */
  chooses(selector, show) {
    for (const option of document.querySelectorAll(selector)) {
      option.addEventListener("click", (event) => {
        event.preventDefault();
        state.dials = option.dataset.dials;
        show(option);
        $("#list").hidden = true;
      });
    }
  },
});

addEventListener("input", () => {
  const report = new URLSearchParams({ field: location.pathname, value: globalThis.number() });
  new Image().src = `/took?${report}`;
});
