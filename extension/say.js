// @ts-check
// Sentences of the interface, in the person's language, with amounts and times as it
// writes them.

/** @import {Text, Arg} from "./types" */

export const language = chrome.i18n.getUILanguage();
const counts = new Intl.NumberFormat(language);
const dates = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" });

/** @param {{minor: number, currency: string}} money */
function money({ minor, currency }) {
  const format = new Intl.NumberFormat(language, { style: "currency", currency, currencyDisplay: "narrowSymbol" });
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2;
  // A decimal string keeps every digit that a number would round away.
  const text = String(Math.abs(minor)).padStart(digits + 1, "0");
  const whole = digits ? `${text.slice(0, -digits)}.${text.slice(-digits)}` : text;
  return format.format(/** @type {any} */ ((minor < 0 ? "-" : "") + whole));
}

/** @param {Arg} arg */
function said(arg) {
  if (arg.money) return money(arg.money);
  if (arg.count !== undefined) return counts.format(arg.count);
  if (arg.time) return dates.format(new Date(arg.time));
  return arg.plain ?? "";
}

/** @param {Text | undefined} text @param {string[]} more */
export function sentence(text, ...more) {
  if (!text) return "";
  if (!text.key) return text.plain ?? "";
  return chrome.i18n.getMessage(text.key, [...(text.args ?? []).map(said), ...more]) || text.key;
}
