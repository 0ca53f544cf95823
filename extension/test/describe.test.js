import assert from "node:assert/strict";
import { test } from "node:test";
import { openWindow, runPageScripts } from "./window.js";

/** Describes a page as describe.js does, as plain data. */
function describe(html, prepare = () => {}) {
  const window = openWindow(html);
  prepare(window);
  const { page } = runPageScripts(window);
  return JSON.parse(JSON.stringify(page.describe()));
}
const field = (html, prepare) => describe(html, prepare).fields[0];

test("a field is described with its attributes, value and place", () => {
  const page =
    describe(`<input type="tel" name="phone" id="p" class="field big" data-role="number" autocomplete="tel-national" inputmode="tel"
      pattern="[0-9]+" maxlength="11" placeholder="Your  number" value=" 555 " data-box="20 40 300 30">`, (window) => {
      window.document.title = "  Sign   up ";
      window.document.querySelector("input").focus();
    });
  assert.deepEqual([page.origin, page.lang, page.title], ["https://shop.test", "en", "Sign up"]);
  assert.match(page.document, /^\d+-\d+-\d+-\d+$/);
  const { ref, ...got } = page.fields[0];
  assert.ok(ref > 0);
  assert.deepEqual(got, {
    kind: "input",
    form: 0,
    type: "tel",
    name: "phone",
    id: "p",
    autocomplete: "tel-national",
    input_mode: "tel",
    hints: "field big role number box 20 40 300 30",
    pattern: "[0-9]+",
    max_length: 11,
    placeholder: "Your number",
    label: "",
    description: "",
    group: "",
    value: "555",
    visibility: "shown",
    aria_hidden: false,
    unfocusable: false,
    read_only: false,
    disabled: false,
    focused: true,
    x: 20,
    y: 40,
    w: 300,
    h: 30,
    heading: "",
    before: [],
    after: [],
    buttons: [],
    image: "",
  });
});

test("only fields that take a text are described, and a password's value is not", () => {
  const { fields } = describe(`
    <input type="checkbox"><input type="hidden"><input type="submit"><textarea></textarea>
    <input type="password" value="secret"><input name="plain"><input role="combobox" readonly>
    <div contenteditable="true">typed<b contenteditable="true">x</b></div><div contenteditable="false"></div>
    <select><option value="us" selected>United States</option><option>Portugal (+351)</option><option>–</option></select>`);
  assert.deepEqual(
    fields.map(({ kind, type }) => `${kind} ${type}`),
    ["input password", "input text", "editable ", "select "],
  );
  assert.equal(fields[0].value, "•");
  assert.equal(fields[2].value, "typedx");
  assert.deepEqual(
    fields[3].options.map(({ text, region, selected }) => [text, region, selected]),
    [
      ["United States", "US", true],
      ["Portugal (+351)", "PT", false],
      ["–", undefined, false],
    ],
  );
});

test("a country has its present code, and none that was withdrawn", () => {
  const { fields } = describe(`
    <select><option>France</option><option>United Kingdom</option><option>Germany</option>
    <option>Serbia</option><option>Russia</option></select>`);
  const regions = fields[0].options.map(({ region }) => region);
  assert.deepEqual(regions, ["FR", "GB", "DE", "RS", "RU"]);
});

test("labels are found by id, around the field, and by reference", () => {
  const { fields } = describe(`
    <label for="a">By id</label><input id="a">
    <label>Around <button>x</button><input></label>
    <span id="s">Referred</span><span id="d">Described</span>
    <input aria-labelledby="s" aria-describedby="d" aria-label="Named" title="Titled">
    <fieldset><legend>Group</legend><input></fieldset>
    <label for="e">Both <input id="e"></label>`);
  const labels = fields.map(({ label }) => label);
  assert.deepEqual(labels, ["By id", "Around", "Named · Referred · Titled", "", "Both"]);
  assert.equal(fields[2].description, "Described");
  assert.equal(fields[3].group, "Group");
});

test("of fields with one id each has its own label", () => {
  const labels = (html) => describe(html).fields.map(({ label }) => label);
  const both =
    '<p><label for="x">City</label><input id="x"></p><p><label for="x">Phone</label><input id="x"></p>';
  assert.deepEqual(labels(both), ["City", "Phone"]);
  assert.deepEqual(labels(`<form>${both}</form><form>${both}</form>`), ["City", "Phone", "City", "Phone"]);
  assert.deepEqual(
    labels('<input id="x"><label for="x">City</label><input id="x"><label for="x">Phone</label>'),
    ["City", "Phone"],
  );
  assert.deepEqual(
    labels('<label for="x">City <input id="x"></label><label for="x">Phone <input id="x"></label>'),
    ["City", "Phone"],
  );
  const copy = '<div style="display: none"><input id="x"></div>';
  assert.deepEqual(labels(`${copy}<label for="x">Phone</label><input id="x">`), ["", "Phone"]);
  assert.deepEqual(labels('<label for="x">Phone</label><input id="x"><input id="x">'), ["Phone", ""]);
  const warned = '<label for="x">Phone</label><input id="x"><label for="x">Too short</label>';
  assert.deepEqual(labels(warned), ["Phone · Too short"]);
});

test("a field knows the heading, the texts and the buttons around it, up to the next field", () => {
  const page = describe(`
    <h2>Verify</h2><p>one</p><p>two</p><button>Send code</button>
    <input id="first"><p>after</p><button>Next</button><input id="second"><p>last</p>`);
  const [first, second] = page.fields;
  assert.equal(first.heading, "Verify");
  assert.deepEqual(first.before, ["Verify", "one", "two"]);
  assert.deepEqual(first.after, ["after", "Next"]);
  assert.deepEqual(first.buttons, ["Send code"]);
  assert.deepEqual(second.before, ["after"]);
  assert.deepEqual(second.after, ["last"]);
  assert.equal(page.text, "Verify\none\ntwo\nafter\nNext\nlast");
});

test("a label that names no field belongs to the one that it stands closer to", () => {
  const labels = (html) => describe(html).fields.map(({ label }) => label);
  assert.deepEqual(labels('<label for="none">City</label><input><label>Phone</label><input>'), [
    "City",
    "Phone",
  ]);
  const after = (name, y) =>
    `<p><input data-box="0 ${y} 200 20"><label data-box="210 ${y} 80 20">${name}</label></p>`;
  assert.deepEqual(labels(after("City", 0) + after("Phone", 40)), ["City", "Phone"]);
  assert.deepEqual(labels((after("City", 0) + after("Phone", 40)).replaceAll(/<.?p>/g, "")), [
    "City",
    "Phone",
  ]);
  assert.deepEqual(
    labels('<input data-box="0 0 200 20"><label data-box="0 90 200 20">No code yet?</label>'),
    [""],
  );
});

test("a text on the line after a field is told from one below", () => {
  const beside = (box) => field(`<input data-box="0 0 200 20"><b data-box="${box}">digits</b>`).beside;
  assert.equal(beside("205 0 50 20"), "digits");
  assert.equal(beside("0 30 50 20"), undefined);
  assert.equal(beside("400 0 50 20"), undefined);
});

test("a field without a name knows the text that it is drawn level with or below", () => {
  const aligned = (direction, ...places) => {
    const words = places.map((box, i) => `<b data-box="${box}">${["Name", "Phone"][i]}</b>`).join("");
    const inputs = `<input data-box="300 0 200 20"><input data-box="300 100 200 20">`;
    return describe(
      `<div dir="${direction}">${words}</div><div style="direction: ${direction}">${inputs}</div>`,
    ).fields.map((one) => one.aligned);
  };
  assert.deepEqual(aligned("ltr", "100 0 60 20", "100 100 60 20"), ["Name", "Phone"], "a column before them");
  assert.deepEqual(aligned("rtl", "540 0 60 20", "540 100 60 20"), ["Name", "Phone"], "and in Arabic");
  assert.deepEqual(aligned("ltr", "300 -22 60 20", "300 78 60 20"), ["Name", "Phone"], "right above");
  assert.deepEqual(aligned("ltr", "540 0 60 20", "300 140 60 20"), [undefined, undefined], "neither");
});

test("a field knows the heads of its column and row, and its dialog or tab", () => {
  const { fields } = describe(`
    <table><tr><th>Name</th><th>Value</th></tr><tr><td>Phone</td><td><input size="3" minlength="2"></td></tr></table>
    <div role="dialog" aria-label="Sign in"><input></div>
    <button role="tab" aria-controls="app">By app</button><div role="tabpanel" id="app"><input></div>`);
  assert.deepEqual(fields[0].cells, ["Value", "Phone"]);
  assert.deepEqual([fields[0].size, fields[0].min_length, fields[1].size], [3, 2, undefined]);
  assert.deepEqual(
    fields.map(({ panel }) => panel),
    [undefined, { role: "dialog", name: "Sign in" }, { role: "tabpanel", name: "By app" }],
  );
});

test("a page tells its links, and whether it shows a QR code", () => {
  const page =
    describe(`<nav><a href="/">Home</a></nav><a href="/app">Use an app</a><button>Send again</button>
    <img alt="Scan the QR code" data-box="0 0 180 180">`);
  assert.deepEqual([page.links, page.qr_code], [["Use an app", "Send again"], true]);
  const shows = (picture) => describe(picture).qr_code;
  assert.equal(shows('<canvas data-box="0 0 200 200"></canvas>'), true);
  assert.equal(shows('<svg data-box="0 0 200 200"><path d="M0 0"/></svg>'), false);
  assert.equal(shows(`<svg data-box="0 0 200 200"><path d="${"M0 0h1".repeat(300)}"/></svg>`), true);
  assert.equal(shows('<img alt="QR" data-box="0 0 32 32">'), false);
});

test("a field out of sight is within reach where slots are drawn for it", () => {
  const slots = Array.from({ length: 6 }, (_, i) => `<b data-box="${i * 40} 100 36 44"></b>`).join("");
  const away = '<input data-box="-3000 100 200 20">';
  const seen = field(`<div data-box="0 100 240 44">${slots}${away}</div>`);
  assert.deepEqual([seen.visibility, seen.slots, seen.x, seen.y, seen.w], ["faint", 6, 0, 100, 240]);
  assert.equal(field(`<div>${slots.repeat(2)}${away}</div>`).visibility, "hidden");
  assert.equal(field(`<div>${slots}${away}${away}</div>`).visibility, "hidden");
  assert.equal(field(`<label>Phone</label>${away}`).visibility, "hidden");
  assert.equal(field(`<div>${slots}<input style="display: none"></div>`).visibility, "hidden");
});

test("texts that can't be seen are no texts of a field", () => {
  const { before } = field(`
    <p style="display: none">gone</p><p style="visibility: hidden">hidden</p><ul style="display: none"><li>listed</li></ul>
    <script>let script;</script><p>seen</p><input>`);
  assert.deepEqual(before, ["seen"]);
});

test("how far a field can be seen", () => {
  const seen = (attributes, around = "") => field(`<div ${around}><input ${attributes}></div>`).visibility;
  assert.equal(seen(""), "shown");
  assert.equal(seen('style="display: none"'), "hidden");
  assert.equal(seen("", "inert"), "hidden");
  assert.equal(seen('data-box="-400 10 200 20"'), "hidden");
  assert.equal(seen('style="clip-path: inset(50%)"'), "hidden");
  assert.equal(seen('data-box="10 500 200 20"', 'style="overflow: hidden" data-box="0 0 400 300"'), "hidden");
  assert.equal(seen('data-box="10 500 200 20"', 'data-box="0 0 400 300"'), "shown");
  assert.equal(seen('data-box="10 10 1 1"'), "faint");
  assert.equal(seen('style="opacity: 0.05"'), "faint");
});

test("a button on the field's line may be its picker of countries", () => {
  const picked = field(
    '<button id="cc" data-box="0 100 60 20">+44</button><input type="tel" data-box="70 100 200 20">',
  );
  assert.equal(picked.picker.text, "+44");
  assert.match(picked.picker.hints, /cc/);
  assert.ok(picked.picker.ref !== picked.ref);
  const apart = field(
    '<button data-box="0 10 60 20">+44</button><input type="tel" data-box="70 100 200 20">',
  );
  assert.equal(apart.picker, undefined);
});

test("a picker is told by its style too, and by the flag that it shows", () => {
  const picker = (html) => field(`<p>${html}<input type="tel" data-box="70 100 200 20"></p>`).picker;
  const box = 'data-box="0 100 60 20"';
  assert.equal(picker(`<div ${box} style="cursor: pointer"><b ${box}>+44</b></div>`).text, "+44");
  assert.equal(picker(`<div ${box}>+44</div>`), undefined);
  for (const flag of [
    '<img src="/flags/ng.svg">',
    '<i class="fi fi-ng"></i>',
    '<i class="iti__flag iti__ng"></i>',
    '<i class="flag ng"></i>',
    '<img alt="Flag of Nigeria">',
    '<b title="Nigeria: +234"></b>',
    '<svg><use href="#flag-ng"></use></svg>',
    "🇳🇬",
    "NG",
  ]) {
    assert.equal(picker(`<button ${box}>${flag}</button>`).region, "NG", flag);
  }
  for (const none of [
    '<i class="icon btn-sm"></i>',
    '<img src="/img/icon-up.svg">',
    "NG 🇳🇬 🇬🇭",
    "Send",
    "OK",
    "GO",
  ]) {
    assert.equal(picker(`<button ${box}>${none}</button>`).region, undefined, none);
  }
});

test("a text that is drawn over a field without a name is its label", () => {
  const over = '<input data-box="10 50 200 20"><span data-box="15 52 80 16">Phone</span>';
  assert.equal(field(over).label, "Phone");
  assert.equal(field(over.replace("15 52", "15 90")).label, "");
  assert.equal(field(over.replace("<input", '<input placeholder="x"')).label, "");
});

test("pictures that could hold letters are told", () => {
  const near = (picture) => field(`${picture}<input>`).image;
  assert.match(near('<img alt="the letters" data-box="0 0 120 40">'), /the letters/);
  assert.equal(near('<img alt="banner" data-box="0 0 900 300">'), "");
  assert.match(near('<img id="captcha" data-box="0 0 900 300">'), /captcha/);
});

test("shadow trees are looked into", () => {
  const { fields } = describe("<x-phone></x-phone>", ({ document }) => {
    const shadow = document.querySelector("x-phone").attachShadow({ mode: "open" });
    shadow.innerHTML = '<label for="inner">Inside</label><input id="inner">';
  });
  assert.deepEqual(
    fields.map(({ label }) => label),
    ["Inside"],
  );
});

test("a form whose fields shadow its properties is read through the prototypes", () => {
  // jsdom itself asks a form for the others by their names; scripts/fill has them in real browsers.
  const names = [
    "firstChild",
    "nextSibling",
    "textContent",
    "checkVisibility",
    "querySelector",
    "attributes",
  ];
  const html = `<section id="s">before<form><label>Code <input name="code"></label></form></section>`;
  const shadowed = field(html, ({ document }) => {
    const form = document.querySelector("form");
    for (const name of names) Object.defineProperty(form, name, { value: document.querySelector("input") });
  });
  assert.equal(shadowed.label, "Code");
  assert.deepEqual([...shadowed.before], field(html).before);
  assert.equal(shadowed.form, 1);
});

test("nothing of the extension stands where the page could see it by a name", () => {
  const window = openWindow("<input>");
  const before = new Set(Object.getOwnPropertyNames(window));
  runPageScripts(window);
  assert.deepEqual(
    Object.getOwnPropertyNames(window).filter((name) => !before.has(name)),
    [],
  );
  assert.deepEqual(Object.keys(window.document.querySelector("input")), []);
});

test("putting the scripts into a page twice keeps its references", () => {
  const window = openWindow("<input>");
  const first = runPageScripts(window).page;
  const ref = first.describe().fields[0].ref;
  const again = runPageScripts(window).page;
  assert.equal(again, first);
  assert.equal(again.describe().fields[0].ref, ref);
  assert.equal(again.elementOf(ref), window.document.querySelector("input"));
});

test("of fields that are alike only some are described", () => {
  const many = Array.from({ length: 400 }, (_, i) => `<p>Row ${i}</p><input name="row${i}">`).join("");
  const { fields } = describe(`${many}<input id="code" autocomplete="one-time-code">`);
  assert.equal(fields.length, 17);
  assert.equal(fields.at(-1).id, "code");
  assert.deepEqual([fields[0].name, fields[8].name], ["row0", "row392"]);
});

test("frames are told with their origins, sandboxed ones with none", () => {
  const { frames } = describe(`
    <iframe src="https://pay.test/card" title="Card"></iframe><iframe sandbox src="https://pay.test/box"></iframe>
    <iframe style="display: none" src="https://ads.test/"></iframe>`);
  assert.deepEqual(
    frames.map(({ origin, name }) => [origin, name]),
    [
      ["https://pay.test", "Card /card"],
      ["null", "/box"],
    ],
  );
});

test("a page that is watched reports its changes, together, until it is watched no more", async () => {
  const window = openWindow("<p>text</p>");
  const sent = [];
  window.chrome = { runtime: { sendMessage: (message) => sent.push(message.kind) } };
  const { page } = runPageScripts(window);
  const change = async () => {
    window.document.body.append("more");
    window.document.body.append("and more");
    await new Promise((resolve) => setTimeout(resolve, 200));
  };
  await change();
  assert.deepEqual(sent, []);
  page.watch(true);
  await change();
  assert.deepEqual(sent, ["page_changed"]);
  page.watch(false);
  await change();
  assert.deepEqual(sent, ["page_changed"]);
});
