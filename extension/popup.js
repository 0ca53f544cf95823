// @ts-check
import { open } from "./page.js";
import { placeOf } from "./tab.js";

/** Tells the worker which tab the popup was opened over. */
const hello = async () => {
  const [tab] = await chrome.tabs.query({ active: true, currentWindow: true });
  return { do: /** @type {const} */ ("open"), tab: placeOf(tab) };
};

open("popup", hello());
