// @ts-check
// Sentences of the interface, in the person's language, with amounts and times as it
// writes them.

/** @import {Text, Arg, Amount} from "./types" */

const language = chrome.i18n.getUILanguage();
const counts = new Intl.NumberFormat(language);
const twoDigits = new Intl.NumberFormat(language, { minimumIntegerDigits: 2 });
const dates = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" });

/** @param {number} total seconds @param {"short" | "long"} unitDisplay */
export function span(total, unitDisplay = "short") {
  const few = total < 120 && total % 60;
  return new Intl.NumberFormat(language, {
    style: "unit",
    unit: few ? "second" : "minute",
    unitDisplay,
  }).format(few ? total : Math.round(total / 60));
}

/** @param {number} total seconds */
export const clock = (total) => `${counts.format(Math.floor(total / 60))}:${twoDigits.format(total % 60)}`;

/** @param {Amount} amount */
function money({ decimal, currency }) {
  const digits = decimal.split(".")[1]?.length ?? 0;
  const format = new Intl.NumberFormat(language, {
    style: "currency",
    currency,
    currencyDisplay: "narrowSymbol",
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
  // As text it keeps every digit, which a number would round away.
  return format.format(/** @type {Intl.StringNumericLiteral} */ (decimal));
}

/** What is nobody's to translate keeps its own direction among words of the other. */
const apart =
  chrome.i18n.getMessage("@@bidi_dir") === "rtl"
    ? (/** @type {string} */ text) => `\u2068${text}\u2069`
    : (/** @type {string} */ text) => text;

/** @param {Arg} arg */
function said(arg) {
  if (arg.money) return money(arg.money);
  if (arg.count !== undefined) return counts.format(arg.count);
  if (arg.span) return span(arg.span);
  if (arg.time) return dates.format(new Date(arg.time));
  return arg.plain ? apart(arg.plain) : "";
}

/** @param {Text | undefined} text @param {string[]} more */
export function sentence(text, ...more) {
  if (!text) return "";
  if (!text.key) return text.plain ? apart(text.plain) : "";
  return chrome.i18n.getMessage(text.key, [...(text.args ?? []).map(said), ...more]) || text.key;
}
