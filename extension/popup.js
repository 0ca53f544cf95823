// @ts-check
import { open } from "./page.js";

/** Tells the worker which tab the popup was opened over. */
open("popup", async () => {
  const [tab] = await chrome.tabs.query({ active: true, currentWindow: true });
  const at = URL.parse(tab?.url ?? "");
  const page = at && /^https?:$/.test(at.protocol);
  return { do: "open", tab: { id: tab?.id ?? 0, origin: page ? at.origin : "", host: page ? at.host : "", service: "" } };
});
