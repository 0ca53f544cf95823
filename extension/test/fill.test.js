import assert from "node:assert/strict";
import { test } from "node:test";
import { openWindow, runPageScripts } from "./window.js";

/**
 * Opens a page, and gives what fills its fields by steps, one for each in their order, and the
 * events that the page has seen.
 */
function open(html) {
  const window = openWindow(html);
  const { page, fill } = runPageScripts(window);
  const { document } = window;
  const events = [];
  for (const name of [
    "keydown",
    "keypress",
    "keyup",
    "input",
    "change",
    "focus",
    "blur",
    "click",
    "submit",
  ]) {
    document.addEventListener(name, ({ type, target }) => events.push(`${type} ${target.id}`), true);
  }
  const described = page.describe();
  const plan = (steps, more) => ({
    frame: 0,
    document: described.document,
    origin: described.origin,
    top: described.origin,
    why: "",
    steps: steps.map((step, i) => ({ ref: described.fields[i].ref, option: -1, value: "", ...step })),
    ...more,
  });
  const byId = (id) => document.getElementById(id);
  return { window, document, byId, events, described, run: (steps, more) => fill(plan(steps, more)) };
}

test("a value is typed as by a keyboard, and the page sees each event once, in order", async () => {
  const { byId, events, run } = open(
    '<form><input id="tel" type="tel"><button id="send">Send</button></form>',
  );
  const report = await run([{ value: "5550100" }]);
  assert.equal(report.kept, true);
  assert.equal(byId("tel").value, "5550100");
  assert.deepEqual(events, ["focus tel", "keydown tel", "input tel", "keyup tel", "change tel", "blur tel"]);
});

test("one character is a key of its own", async () => {
  const { document, run } = open('<input id="box">');
  const keys = [];
  for (const name of ["keydown", "keypress", "keyup"]) {
    document.addEventListener(name, ({ type, key, code, keyCode }) => keys.push([type, key, code, keyCode]));
  }
  await run([{ value: "7" }]);
  assert.deepEqual(keys, [
    ["keydown", "7", "Digit7", 55],
    ["keypress", "7", "Digit7", 55],
    ["keyup", "7", "Digit7", 55],
  ]);
});

test("what stood in the field before is replaced", async () => {
  const { byId, run } = open('<input id="tel" value="old">');
  await run([{ value: "5550100" }]);
  assert.equal(byId("tel").value, "5550100");
});

test("a page that handles the keys itself is not typed into twice", async () => {
  const { byId, events, run } = open('<input id="box">');
  byId("box").addEventListener("keydown", ({ key, target }) => {
    target.value = key;
  });
  assert.equal((await run([{ value: "7" }])).kept, true);
  assert.equal(byId("box").value, "7");
  assert.ok(!events.includes("input box") && !events.includes("keypress box"));
});

test("where the page refuses the editing, the value is set past its own setter", async () => {
  const { window, byId, events, run } = open('<input id="tel">');
  byId("tel").addEventListener("beforeinput", (event) => event.preventDefault());
  const set = [];
  const { get } = Object.getOwnPropertyDescriptor(window.HTMLInputElement.prototype, "value");
  Object.defineProperty(byId("tel"), "value", {
    get() {
      return get.call(this);
    },
    set(value) {
      set.push(value);
    },
  });
  assert.equal((await run([{ value: "5550100" }])).kept, true);
  assert.deepEqual(set, []);
  assert.equal(events.filter((event) => event === "input tel").length, 1);
});

test("a page that takes the value away again is reported", async () => {
  const { byId, run } = open('<input id="tel">');
  byId("tel").addEventListener("change", ({ target }) => {
    target.value = "";
  });
  assert.equal((await run([{ value: "5550100" }])).kept, false);
});

test("a field that groups the digits keeps them all the same", async () => {
  const { byId, run } = open('<input id="tel">');
  byId("tel").addEventListener("input", ({ target }) => {
    target.value = target.value.replace(/^(\d{3})(\d{4})$/, "$1-$2");
  });
  assert.equal((await run([{ value: "5550100" }])).kept, true);
  assert.equal(byId("tel").value, "555-0100");
});

test("the way of writing that fits the field's length and pattern is typed", async () => {
  const ways = { value: "+1 555 0100", else: ["15550100", "5550100"] };
  const long = open('<input id="tel" maxlength="7">');
  assert.equal((await long.run([ways])).kept, true);
  assert.equal(long.byId("tel").value, "5550100");
  const pattern = open('<input id="tel" pattern="1[0-9]+">');
  assert.equal((await pattern.run([ways])).kept, true);
  assert.equal(pattern.byId("tel").value, "15550100");
  const broken = open('<input id="tel" pattern="[">');
  assert.equal((await broken.run([ways])).kept, true);
  assert.equal(broken.byId("tel").value, "+1 555 0100");
});

test("a value that is too long is cut and not called kept", async () => {
  const { byId, run } = open('<input id="code" maxlength="4">');
  byId("code").addEventListener("input", ({ target }) => {
    target.value = target.value.slice(0, 4);
  });
  assert.equal((await run([{ value: "123456" }])).kept, false);
  assert.equal(byId("code").value, "1234");
});

test("an element that is edited in place takes a text", async () => {
  const { byId, run } = open('<div id="edit" contenteditable="true" tabindex="0">old</div>');
  assert.equal((await run([{ value: "123456" }])).kept, true);
  assert.equal(byId("edit").textContent, "123456");
});

test("an option is chosen, and the page told", async () => {
  const { byId, events, run } = open(
    '<select id="cc"><option>US</option><option>FR</option></select><input id="tel">',
  );
  assert.equal((await run([{ option: 1, value: "FR" }, { value: "612345678" }])).kept, true);
  assert.equal(byId("cc").value, "FR");
  assert.ok(events.includes("input cc") && events.includes("change cc"));
});

test("a code goes into its boxes, or is spread by the page", async () => {
  const boxes = Array.from("123", (_, i) => `<input id="b${i}" maxlength="1">`).join("");
  const steps = [..."123"].map((value) => ({ value }));
  const single = open(boxes);
  assert.equal((await single.run(steps, { whole: "123" })).kept, true);
  assert.deepEqual(
    [0, 1, 2].map((i) => single.byId(`b${i}`).value),
    ["1", "2", "3"],
  );

  const spreading = open(boxes.replaceAll(' maxlength="1"', ""));
  spreading.byId("b0").addEventListener("input", ({ target }) => {
    if (target.value.length === 3) {
      [...target.value].forEach((one, i) => {
        spreading.byId(`b${i}`).value = one;
      });
    } else target.value = "";
  });
  assert.equal((await spreading.run(steps, { whole: "123" })).kept, true);
  assert.deepEqual(
    [0, 1, 2].map((i) => spreading.byId(`b${i}`).value),
    ["1", "2", "3"],
  );
});

test("a box that does not open ends the typing, and the first one does not keep the whole code", async () => {
  const { byId, run } = open('<input id="b0"><input id="b1" disabled>');
  assert.equal((await run([{ value: "1" }, { value: "2" }], { whole: "12" })).kept, false);
  assert.deepEqual([byId("b0").value, byId("b1").value], ["1", ""]);
});

test("a field that the page draws again is followed", async () => {
  const { byId, run } = open(
    '<select id="cc"><option>US</option><option>FR</option></select><input id="tel">',
  );
  byId("cc").addEventListener("change", () => {
    const fresh = byId("tel").cloneNode();
    byId("tel").replaceWith(fresh);
  });
  assert.equal((await run([{ option: 1, value: "FR" }, { value: "612345678" }])).kept, true);
  assert.equal(byId("tel").value, "612345678");
});

test("a field that is gone is kept only if it was filled and none of its name took its place", async () => {
  const html = '<div id="step"><input id="code" name="code"></div>';
  const taken = open(html);
  taken.byId("code").addEventListener("input", () => taken.byId("step").replaceChildren("Welcome"));
  assert.equal((await taken.run([{ value: "123456" }])).kept, true);

  const emptied = open(html);
  emptied.byId("code").addEventListener("input", ({ target }) => {
    const fresh = target.cloneNode();
    emptied.byId("step").replaceChildren("Wrong code", emptied.document.createElement("input"), fresh);
    fresh.value = "";
  });
  assert.equal((await emptied.run([{ value: "123456" }])).kept, false);

  const early = open(html);
  early.byId("step").remove();
  assert.equal((await early.run([{ value: "123456" }])).kept, false);
});

test("a field of another kind that took the place of one is not typed into", async () => {
  const { byId, document, run } = open(
    '<select id="cc"><option>US</option><option>FR</option></select><p><input type="tel" name="phone"></p>',
  );
  byId("cc").addEventListener("change", () => {
    const other = document.createElement("input");
    other.id = "other";
    other.name = "referrer";
    document.querySelector("p").replaceChildren(other);
  });
  const report = await run([{ option: 1, value: "FR" }, { value: "612345678" }]);
  assert.deepEqual([byId("other").value, report.kept], ["", false]);
});

test("a page that moves the focus away does not get the value into another field", async () => {
  for (const moment of ["focus", "keydown"]) {
    const { byId, run } = open('<input id="tel"><input id="search">');
    byId("tel").addEventListener(moment, () => byId("search").focus());
    await run([{ value: "5550100" }]);
    assert.deepEqual([byId("tel").value, byId("search").value], ["5550100", ""], moment);
  }
});

test("an option is found again when the page has changed the list, and none is chosen if it is gone", async () => {
  const { byId, document, run } = open('<select id="cc"><option>US</option><option>FR</option></select>');
  byId("cc").prepend(document.createElement("option"));
  assert.equal((await run([{ option: 1, value: "FR" }])).kept, true);
  assert.equal(byId("cc").value, "FR");
  byId("cc").lastElementChild.remove();
  assert.equal((await run([{ option: 1, value: "FR" }])).kept, false);
  assert.equal(byId("cc").selectedIndex, 0);
});

test("a number is compared by its digits", async () => {
  const { byId, run } = open('<input id="tel">');
  byId("tel").addEventListener("change", ({ target }) => {
    target.value = `NG (${target.value})`;
  });
  assert.equal((await run([{ value: "8021230000" }])).kept, true);
});

test("another document, site or page around it is not typed into", async () => {
  for (const more of [{ document: "1-2-3-4" }, { origin: "https://other.test" }]) {
    const { byId, events, run } = open('<input id="tel">');
    assert.deepEqual({ ...(await run([{ value: "5550100" }], more)) }, { kept: false, gone: true });
    assert.equal(byId("tel").value, "");
    assert.deepEqual(events, []);
  }
  const framed = open('<input id="tel">');
  Object.defineProperty(framed.window.location, "ancestorOrigins", {
    value: ["https://mid.test", "https://other.test"],
  });
  assert.equal((await framed.run([{ value: "1" }])).gone, true);
  assert.equal((await framed.run([{ value: "1" }], { top: "https://other.test" })).kept, true);
});
