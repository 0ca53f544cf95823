// @ts-check
// What the pages and the icon show while there is no backend that could say it.

/** @import {Crash, View, Badge, Text, Node as Tree} from "./types" */

/** @param {string} key @returns {Text} */
const say = (key) => ({ key });

/** The icon's badge while there is no backend. @type {Badge} */
export const crashBadge = { text: "!", colour: "#b3261e", title: say("broken") };

/**
 * The view of every page while there is no backend.
 * @param {Crash[]} crashes @param {string} browser @returns {View}
 */
export function crashView(crashes, browser) {
  const header = { key: "title", kind: /** @type {const} */ ("title"), text: { plain: "Logspanel" } };
  const box = {
    key: "broken",
    kind: /** @type {const} */ ("box"),
    class: "middle",
    children: content(report(crashes, browser)),
  };
  return {
    title: say("app_name"),
    nodes: [
      { key: "header", kind: "header", children: [header] },
      { key: "main", kind: "main", children: [box] },
    ],
  };
}

/** @param {string} value the report @returns {Tree[]} */
const content = (value) => [
  { kind: "heading", text: say("broken") },
  { kind: "text", class: "dim", text: say("broken_how") },
  {
    key: "restart",
    kind: "button",
    class: "go",
    text: say("broken_restart"),
    action: { do: "restart" },
    focus: true,
  },
  { kind: "heading", text: say("report_title") },
  { kind: "text", class: "dim", text: say("report_how") },
  { key: "report", kind: "report", label: say("report_title"), value },
  { key: "copy-report", kind: "copy", text: say("copy"), label: say("report_title"), value },
];

/** @param {Crash[]} crashes @param {string} browser */
const report = (crashes, browser) =>
  [
    `time: ${new Date().toISOString()}`,
    `extension: ${chrome.runtime.getManifest().version}`,
    `browser: ${browser}`,
    "backend: given up",
    ...crashes.map((crash) => `crash: ${describeCrash(crash)}`),
  ].join("\n");

/** @param {Crash} crash */
const describeCrash = ({ at, event, cause, where }) =>
  [at, cause, event && `while handling ${event}`, where && `in ${where}`].filter(Boolean).join(", ");
