// @ts-check
import { open } from "./page.js";
import { placeOf } from "./tab.js";

/** Tells the worker which tab the popup was opened over. */
open("popup", async () => {
  const [tab] = await chrome.tabs.query({ active: true, currentWindow: true });
  return { do: "open", tab: placeOf(tab) };
});
