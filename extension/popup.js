// @ts-check
import { open } from "./page.js";
import { tabInfo } from "./tabs.js";

/** Tells the worker which tab the popup was opened over. */
const hello = async () => {
  const [tab] = await chrome.tabs.query({ active: true, currentWindow: true });
  return { do: /** @type {const} */ ("open"), tab: tabInfo(tab) };
};

open("popup", hello());
