// @ts-check
// What the extension's pages show while there is no backend to say it.

/** @import {Crash, View, Badge, Text, Node as Tree} from "./types" */

/** @param {string} key @returns {Text} */
const say = (key) => ({ key });

/** @param {Crash[]} crashes @param {string} browser @returns {View} */
export function broken(crashes, browser) {
  const report = [
    `time: ${new Date().toISOString()}`,
    `extension: ${chrome.runtime.getManifest().version}`,
    `browser: ${browser}`,
    "backend: given up",
    ...crashes.map(
      ({ at, event, cause, where }) =>
        `crash: ${[at, cause, event && `while handling ${event}`, where && `in ${where}`].filter(Boolean).join(", ")}`,
    ),
  ].join("\n");
  /** @type {Tree[]} */
  const children = [
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
    { key: "report", kind: "report", label: say("report_title"), value: report },
    { key: "copy-report", kind: "copy", text: say("copy"), label: say("report_title"), value: report },
  ];
  return {
    title: say("app_name"),
    nodes: [
      {
        key: "header",
        kind: "header",
        children: [{ key: "title", kind: "title", text: { plain: "Logspanel" } }],
      },
      { key: "main", kind: "main", children: [{ key: "broken", kind: "box", class: "middle", children }] },
    ],
  };
}

/** @type {Badge} */
export const brokenBadge = { text: "!", colour: "#b3261e", title: say("broken") };
