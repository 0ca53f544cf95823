// @ts-check
// Texts in the person's language, with amounts, numbers and times as it writes them. It never
// decides which text is shown.

/** @import {Text, Arg, Amount} from "./types" */

const language = chrome.i18n.getUILanguage();
const isRightToLeft = chrome.i18n.getMessage("@@bidi_dir") === "rtl";
const numbers = new Intl.NumberFormat(language);
const twoDigits = new Intl.NumberFormat(language, { minimumIntegerDigits: 2 });
const dates = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" });

/**
 * Formats a length of time: in seconds if it is under two minutes and not a whole number of
 * minutes, otherwise in minutes.
 * @param {number} seconds @param {"short" | "long"} unitDisplay
 */
export function formatSpan(seconds, unitDisplay = "short") {
  const inSeconds = seconds < 120 && seconds % 60 !== 0;
  const unit = inSeconds ? "second" : "minute";
  const format = new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay });
  return format.format(inSeconds ? seconds : Math.round(seconds / 60));
}

/** Formats a countdown as minutes and seconds, such as 4:05. @param {number} seconds */
export const formatClock = (seconds) =>
  `${numbers.format(Math.floor(seconds / 60))}:${twoDigits.format(seconds % 60)}`;

/** @param {Amount} amount */
function formatMoney({ decimal, currency }) {
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

/**
 * Keeps the direction of a name or a number among words of a right-to-left language.
 * @param {string} text
 */
const isolate = (text) => (isRightToLeft ? `\u2068${text}\u2069` : text);

/** @param {Arg} arg */
function formatArg(arg) {
  if (arg.money) return formatMoney(arg.money);
  if (arg.count !== undefined) return numbers.format(arg.count);
  if (arg.span) return formatSpan(arg.span);
  if (arg.time) return dates.format(new Date(arg.time));
  return arg.plain ? isolate(arg.plain) : "";
}

/**
 * Gives a text in the person's language: the message of its key with its arguments and then
 * the extra ones filled in, or its plain text. A message that is missing gives its key.
 * @param {Text | undefined} text @param {string[]} extra
 */
export function localize(text, ...extra) {
  if (!text) return "";
  if (!text.key) return text.plain ? isolate(text.plain) : "";
  const args = (text.args ?? []).map(formatArg);
  return chrome.i18n.getMessage(text.key, [...args, ...extra]) || text.key;
}
