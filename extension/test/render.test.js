import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { fakeI18n, settle } from "./chrome.js";
import { openWindow } from "./window.js";

const start = Date.parse("2026-01-01T12:00:00Z");
mock.timers.enable({ apis: ["setTimeout", "setInterval", "Date"], now: start });
const window = openWindow('<div id="root"></div><div id="said"></div>');
const { document, CSS, Event, HTMLInputElement, KeyboardEvent, Option } = window;
Object.assign(globalThis, { document, CSS, Event, HTMLInputElement, Option });
globalThis.requestAnimationFrame = (act) => act();
const copied = [];
const navigator = { clipboard: { writeText: async (text) => void copied.push(text) } };
Object.defineProperty(globalThis, "navigator", { value: navigator, configurable: true });
const asked = [];
globalThis.chrome = {
  i18n: fakeI18n("en"),
  permissions: { request: (permissions) => asked.push(permissions) },
};
const { render } = await import("../render.js");

const root = document.querySelector("#root");
const said = document.querySelector("#said");
const plain = (text) => ({ plain: text });
let sent = [];

/** Shows nodes in the part that scrolls. */
function show(children, { cached = false, ...view } = {}) {
  const nodes = [{ key: "main", kind: "main", children }];
  render(root, { title: plain("Title"), nodes, ...view }, (action) => sent.push(action), cached);
}
const byKey = (key) => root.querySelector(`[data-key="${key}"]`);
const press = (key, more) =>
  document.activeElement.dispatchEvent(
    new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...more }),
  );
const focusedKey = () => document.activeElement.dataset.key;
const announced = () => {
  mock.timers.tick(50);
  return said.textContent;
};
const button = (key, more) => ({
  key,
  kind: "button",
  text: plain(key),
  action: { do: "open", text: key },
  ...more,
});

beforeEach(() => {
  show([]);
  mock.timers.tick(10_000);
  document.activeElement?.blur?.();
  sent = [];
  copied.length = asked.length = 0;
});

test("each kind of node becomes its element", () => {
  show(
    [
      { kind: "heading", text: plain("Head") },
      { kind: "text", class: "dim", text: plain("Text") },
      { kind: "link", text: plain("Link"), value: "https://logspanel.test/" },
      { key: "fold", kind: "fold", text: plain("More"), children: [{ kind: "text", text: plain("inner") }] },
      { kind: "picture", value: "pictures/one.svg" },
      { key: "report", kind: "report", label: plain("Report"), value: "lines" },
      {
        key: "select",
        kind: "select",
        value: "b",
        options: [
          { value: "a", text: plain("A") },
          { value: "b", text: plain("B") },
        ],
      },
      { key: "group", kind: "box", label: plain("Group"), children: [] },
      button("choose", { children: [{ kind: "text", text: plain("in a button") }] }),
    ],
    { title: plain("The title") },
  );
  assert.equal(document.title, "The title");
  assert.equal(document.documentElement.dir, "ltr");
  assert.equal(document.documentElement.lang, "en");
  assert.equal(root.querySelector("main > h2.heading").textContent, "Head");
  assert.equal(root.querySelector("p.text.dim").textContent, "Text");
  const link = root.querySelector("a");
  assert.deepEqual([link.href, link.target, link.rel], ["https://logspanel.test/", "_blank", "noreferrer"]);
  assert.equal(byKey("fold").localName, "details");
  assert.equal(byKey("fold").querySelector("summary").textContent, "More");
  assert.equal(byKey("fold").querySelector("summary + div").textContent, "inner");
  assert.equal(root.querySelector("img").getAttribute("alt"), "");
  assert.deepEqual([byKey("report").value, byKey("report").readOnly], ["lines", true]);
  assert.equal(byKey("select").value, "b");
  assert.equal(byKey("group").getAttribute("role"), "group");
  assert.equal(byKey("choose").firstElementChild.localName, "span", "no block stands in a button");
});

test("an element stays while its key does, in any order", () => {
  show([button("a"), button("b"), button("c")]);
  const before = ["a", "b", "c"].map(byKey);
  before[0].focus();
  show([button("c"), button("new"), button("a"), button("b", { text: plain("other") })]);
  assert.deepEqual(["a", "b", "c"].map(byKey), before);
  assert.equal(focusedKey(), "a");
  assert.equal(before[1].textContent, "other");
  assert.deepEqual(
    [...byKey("main").children].map((child) => child.dataset.key),
    ["c", "new", "a", "b"],
  );
  show([button("a")]);
  assert.equal(before[1].isConnected, false);
});

test("an element is made again when its kind changes", () => {
  show([button("a")]);
  const before = byKey("a");
  show([{ key: "a", kind: "text", text: plain("text") }]);
  assert.notEqual(byKey("a"), before);
  assert.equal(byKey("a").localName, "p");
  assert.equal(before.isConnected, false);
});

test("nodes without a key keep an element of their kind", () => {
  show([
    { kind: "text", text: plain("one") },
    { kind: "heading", text: plain("two") },
  ]);
  const [text, heading] = byKey("main").children;
  show([
    { kind: "heading", text: plain("2") },
    { kind: "text", text: plain("1") },
  ]);
  assert.deepEqual([...byKey("main").children], [heading, text]);
  assert.equal(heading.textContent, "2");
});

test("a button sends its latest action, then asks for the permission", () => {
  show([button("a", { ask: "https://shop.test/*" }), button("b", { ask: "notifications" })]);
  show([
    button("a", { action: { do: "buy" }, ask: "https://shop.test/*" }),
    button("b", { ask: "notifications" }),
  ]);
  byKey("a").click();
  byKey("b").click();
  assert.deepEqual(sent[0], { do: "buy" });
  assert.deepEqual(asked, [{ origins: ["https://shop.test/*"] }, { permissions: ["notifications"] }]);
});

test("a button says what it is and how it stands", () => {
  show([
    button("on", { kind: "toggle", current: true, label: plain("Favourite"), text: undefined }),
    button("switch", { kind: "toggle", class: "switch", label: plain("Sound") }),
    button("tab", { current: true }),
    button("off", { disabled: true }),
    { key: "copy", kind: "copy", text: plain("Copy"), label: plain("Number"), value: "5550100" },
  ]);
  assert.equal(byKey("on").getAttribute("aria-pressed"), "true");
  assert.equal(byKey("on").getAttribute("aria-label"), "Favourite");
  assert.equal(byKey("on").title, "Favourite");
  assert.equal(byKey("switch").getAttribute("role"), "switch");
  assert.equal(byKey("switch").getAttribute("aria-checked"), "false");
  assert.equal(byKey("tab").getAttribute("aria-current"), "page");
  assert.equal(byKey("off").disabled, true);
  assert.match(byKey("copy").getAttribute("aria-label"), /Number/);
});

test("a copy button copies, says so, and is itself again", async () => {
  show([{ key: "copy", kind: "copy", text: plain("Copy"), label: plain("Number"), value: "5550100" }]);
  byKey("copy").click();
  await settle();
  assert.deepEqual(copied, ["5550100"]);
  assert.equal(byKey("copy").textContent, chrome.i18n.getMessage("copied"));
  assert.match(announced(), /Number/);
  mock.timers.tick(1500);
  assert.equal(byKey("copy").textContent, chrome.i18n.getMessage("copy"));
});

test("typing is sent after a pause, and never taken back while it goes on", () => {
  const field = (value) => ({
    key: "search",
    kind: "input",
    class: "search",
    value,
    label: plain("Search"),
    action: { do: "search" },
  });
  show([field("before")]);
  const input = byKey("search");
  assert.deepEqual([input.type, input.value, input.placeholder], ["search", "before", "Search"]);
  input.focus();
  input.value = "tele";
  input.dispatchEvent(new Event("input"));
  mock.timers.tick(79);
  assert.deepEqual(sent, []);
  mock.timers.tick(1);
  assert.deepEqual(sent, [{ do: "search", text: "tele" }]);
  show([field("tel")]);
  assert.equal(input.value, "tele", "what is typed stays");
  input.blur();
  show([field("other")]);
  assert.equal(input.value, "other");
});

test("a form sends its trimmed text, and a space for none", () => {
  const action = { do: "pair" };
  show([{ key: "form", kind: "form", action, children: [{ key: "code", kind: "input" }, button("go")] }]);
  byKey("code").value = "  12 34 ";
  byKey("go").click();
  byKey("code").value = " ";
  byKey("go").click();
  assert.deepEqual(sent, [
    { do: "pair", text: "12 34" },
    { do: "pair", text: " " },
  ]);
});

test("a live text is announced when it changes, together with others, and not from the cache", () => {
  const live = (text, key = "live") => ({ key, kind: "text", text: plain(text), live: true });
  show([live("cached")], { cached: true });
  assert.equal(announced(), "");
  assert.equal(root.getAttribute("aria-busy"), "true");
  show([live("one"), live("two", "other")]);
  assert.equal(root.hasAttribute("aria-busy"), false);
  assert.equal(announced(), "one two");
  mock.timers.tick(5000);
  assert.equal(said.textContent, "", "it does not stay in the page");
  show([live("one"), live("three", "other")]);
  assert.equal(announced(), "three", "only what changed");
});

test("a countdown shows what is left and announces each minute, and the end", () => {
  const until = new Date(Date.now() + 121_000).toISOString();
  show([
    { key: "left", kind: "countdown", text: { key: "known" }, label: plain("label"), until },
    { key: "bar", kind: "progress", since: new Date(Date.now() - 121_000).toISOString(), until },
  ]);
  mock.method(chrome.i18n, "getMessage", (key, args = []) => (key === "known" ? args.join() : key));
  mock.timers.tick(1000);
  assert.equal(byKey("left").textContent, "2:00");
  assert.equal(byKey("left").getAttribute("role"), "timer");
  assert.equal(announced(), "label", "the third minute has ended");
  assert.equal(byKey("bar").style.getPropertyValue("--part"), (120 / 242).toFixed(3));
  mock.timers.tick(59_950);
  assert.equal(byKey("left").textContent, "1:00");
  mock.timers.tick(120_000);
  assert.equal(byKey("left").textContent, "0:00");
  assert.equal(byKey("bar").style.getPropertyValue("--part"), "0.000");
  chrome.i18n.getMessage.mock.restore();
});

test("the focus goes to what asks for it, once, and not away from typing", () => {
  show([{ key: "field", kind: "input" }]);
  byKey("field").focus();
  show([{ key: "field", kind: "input" }, button("new", { focus: true })]);
  assert.equal(focusedKey(), "field", "a person is typing");
  byKey("new").remove();
  byKey("field").blur();
  show([{ key: "field", kind: "input" }]);
  show([button("fresh", { focus: true })]);
  assert.equal(focusedKey(), "fresh");
  document.activeElement.blur();
  show([button("fresh", { focus: true }), button("x")]);
  assert.notEqual(focusedKey(), "fresh", "it was there before");
});

test("the focus comes back to the field that had it", () => {
  show([{ key: "back-field", kind: "input" }]);
  byKey("back-field").focus();
  show([button("elsewhere")]);
  assert.equal(document.activeElement, document.body);
  show([{ key: "back-field", kind: "input" }]);
  assert.equal(focusedKey(), "back-field");
});

test("Escape empties a search, then leaves the screen; Enter held down does nothing", () => {
  const children = [{ key: "search", kind: "input", class: "search", action: { do: "search" } }, button("b")];
  show(children, { escape: { do: "back" } });
  byKey("search").focus();
  byKey("search").value = "tele";
  press("Escape");
  assert.equal(byKey("search").value, "");
  assert.deepEqual(sent, []);
  press("Escape");
  assert.deepEqual(sent, [{ do: "back" }]);
  byKey("b").focus();
  assert.equal(press("Enter", { repeat: true }), false, "its default is prevented");
  assert.equal(press("Enter"), true);
});

test("each screen is scrolled to where it was", () => {
  show([], { screen: "one" });
  byKey("main").scrollTop = 70;
  show([], { screen: "two" });
  assert.equal(byKey("main").scrollTop, 0);
  byKey("main").scrollTop = 30;
  show([], { screen: "two" });
  assert.equal(byKey("main").scrollTop, 30, "the same screen stays");
  show([], { screen: "one" });
  assert.equal(byKey("main").scrollTop, 70);
  show([]);
});

/** A list of which some rows are at hand; those in off can't be chosen. */
function list(first, count, total, off = []) {
  const rows = Array.from({ length: count }, (_, i) => first + i + 1);
  const children = rows.map((row) => button(`row${row}`, { disabled: off.includes(row) }));
  return [{ key: "list", kind: "list", action: { do: "window" }, first, total, children }];
}

test("a long list has room for the rows that are not at hand, and says each row's place", () => {
  show(list(40, 20, 100));
  assert.equal(byKey("list").style.paddingBlock, "800px 800px");
  const row = byKey("row41").parentElement;
  assert.deepEqual(
    [row.localName, row.getAttribute("aria-posinset"), row.getAttribute("aria-setsize")],
    ["li", "41", "100"],
  );
  show(list(0, 3, 3));
  assert.equal(byKey("list").style.paddingBlock, "");
});

test("rows are asked for once when the end of those at hand comes into view", () => {
  const view = (top) => {
    byKey("main").dataset.box = "0 0 400 200"; // ten rows
    byKey("list").dataset.box = `0 ${-20 * top} 400 2000`;
    byKey("main").dispatchEvent(new Event("scroll"));
  };
  show(list(0, 40, 100));
  view(10);
  assert.deepEqual(sent, [], "20 more are at hand");
  view(25);
  view(25);
  assert.deepEqual(sent, [{ do: "window", first: 25 }]);
  show(list(20, 40, 100));
  sent = [];
  view(24);
  assert.deepEqual(sent, [{ do: "window", first: 24 }], "near their beginning");
});

test("the arrow keys go from row to row, past those that can't be chosen", () => {
  show([{ key: "search", kind: "input", class: "search" }, ...list(0, 10, 10, [3, 10])]);
  byKey("search").focus();
  press("ArrowDown");
  assert.equal(focusedKey(), "row1");
  const path = (...keys) => keys.map((key) => (press(key), focusedKey()));
  assert.deepEqual(path("ArrowDown", "ArrowDown", "PageDown", "PageUp"), ["row2", "row4", "row9", "row2"]);
  assert.deepEqual(path("End", "Home", "ArrowUp"), ["row9", "row1", "search"]);
});

test("a row that is not at hand gets the focus when it comes", () => {
  show(list(0, 20, 100));
  byKey("main").dataset.box = "0 0 400 200";
  byKey("list").dataset.box = "0 0 400 2000";
  byKey("row20").focus();
  press("ArrowDown");
  assert.deepEqual(sent, [{ do: "window", first: 20 }]);
  assert.equal(byKey("main").scrollTop, 400);
  show(list(10, 20, 100));
  assert.equal(focusedKey(), "row21");
});

test("the Tab key reaches one row", () => {
  show(list(0, 5, 5, [1]));
  const stops = () =>
    [...root.querySelectorAll("li > button")].filter((b) => b.tabIndex === 0 && !b.disabled);
  assert.deepEqual(stops(), [byKey("row2")]);
  byKey("row4").focus();
  show(list(0, 5, 5, [1]));
  assert.deepEqual(stops(), [byKey("row4")]);
  byKey("row4").blur();
  show(list(0, 5, 5, [1]));
  assert.deepEqual(stops(), [byKey("row4")], "where the person was");
});
