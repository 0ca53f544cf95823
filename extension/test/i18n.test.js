import assert from "node:assert/strict";
import { test } from "node:test";
import { fakeI18n } from "./chrome.js";

/** @param {string} language */
async function load(language) {
  globalThis.chrome = { i18n: fakeI18n(language) };
  return import(`../i18n.js?${language}`);
}
// Intl separates with spaces of several kinds.
const spaced = (text) => text.replace(/[\u00a0\u202f]/g, " ");

test("amounts keep the digits they come with", async () => {
  const { localize } = await load("en");
  const amount = (decimal, currency) => localize({ key: "amount", args: [{ money: { decimal, currency } }] });
  assert.match(amount("0.50", "USD"), /\$0\.50/);
  assert.match(amount("1234.5", "USD"), /\$1,234\.5(?!\d)/);
  assert.match(amount("7", "NGN"), /₦7(?!\.)/);
  assert.match(amount("12345678901234567890.12", "USD"), /12,345,678,901,234,567,890\.12/);
});

test("amounts, numbers and times are written as the language does", async () => {
  const { localize, formatClock, formatSpan } = await load("fr");
  const amount = localize({ key: "amount", args: [{ money: { decimal: "1234.50", currency: "EUR" } }] });
  assert.match(spaced(amount), /1 234,50 €/);
  assert.equal(formatClock(65), "1:05");
  assert.equal(spaced(formatSpan(300, "long")), "5 minutes");
});

test("a span is in seconds only where it is short and not of whole minutes", async () => {
  const { formatSpan } = await load("en");
  for (const [seconds, want] of [
    [45, "45 sec"],
    [60, "1 min"],
    [90, "90 sec"],
    [119, "119 sec"],
    [120, "2 min"],
    [130, "2 min"],
    [3600, "60 min"],
  ]) {
    assert.equal(formatSpan(seconds), want);
  }
});

test("a clock counts minutes and two digits of seconds", async () => {
  const { formatClock } = await load("en");
  assert.equal(formatClock(0), "0:00");
  assert.equal(formatClock(9), "0:09");
  assert.equal(formatClock(1200), "20:00");
});

test("a text is its message with its arguments and then the extra ones", async () => {
  const { localize } = await load("en");
  chrome.i18n.getMessage = (key, args) => (key === "known" ? args.join("|") : "");
  const args = [{ count: 1234 }, { plain: "a" }, { span: 60 }];
  assert.equal(localize({ key: "known", args }, "more"), "1,234|a|1 min|more");
  assert.equal(localize({ key: "known", args: [{ count: 0 }, {}] }), "0|");
  assert.equal(localize({ key: "unknown" }), "unknown");
  assert.equal(localize({ plain: "as it is" }), "as it is");
  assert.equal(localize(undefined), "");
  assert.equal(localize({}), "");
});

test("names keep their direction among words of a right-to-left language", async () => {
  const { localize } = await load("ar");
  assert.equal(localize({ plain: "Shop 1" }), "\u2068Shop 1\u2069");
  chrome.i18n.getMessage = (_, args) => args.join("|");
  assert.equal(localize({ key: "known", args: [{ plain: "Shop" }] }), "\u2068Shop\u2069");
});
