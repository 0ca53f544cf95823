// @ts-check
// The line between a page of the extension and its worker, kept up for as long as
// the page is open.

/** @import {View, Action} from "./types" */

import { render } from "./render.js";

/**
 * Opens the page called name, and sends hello each time the worker is new.
 * @param {string} name @param {() => Promise<Action>} hello
 */
export function open(name, hello) {
  const root = /** @type {Element} */ (document.querySelector("#root"));
  /** @type {chrome.runtime.Port} */
  let port;
  /** @param {Action} action */
  const send = (action) => port.postMessage({ action });
  const connect = async () => {
    port = chrome.runtime.connect({ name });
    port.onMessage.addListener((/** @type {{view: View}} */ message) => render(root, message.view, send));
    port.onDisconnect.addListener(() => setTimeout(connect, 100));
    send(await hello());
  };
  connect();
}
