// @ts-check
// The connection between a page of the extension and its worker, kept for as long as
// the page is open.

/** @import {View, Action, CachedView} from "./types" */

import { render } from "./render.js";

/**
 * Opens the page called name, and sends hello each time the worker is new. Until that
 * answers, the page shows the cached view.
 * @param {string} name @param {Promise<Action>} hello
 */
export async function open(name, hello) {
  const root = /** @type {Element} */ (document.querySelector("#root"));
  // Read first, because waking the worker keeps the browser busy.
  const stored = /** @type {Promise<{glance?: CachedView}>} */ (
    name === "popup" ? chrome.storage.session.get("glance") : Promise.resolve({})
  );
  /** @type {chrome.runtime.Port} */
  let port;
  let answered = false;
  let reconnected = false;
  /** The last action, until the worker says that it was handled. @type {Action | undefined} */
  let unheard;
  let presses = 0;
  const post = (/** @type {Action} */ action, press = 0) => {
    try {
      port.postMessage({ action, press });
    } catch {
      // The worker is gone. The next one gets it.
    }
  };
  const greet = async () => post({ ...(await hello), text: reconnected ? "again" : "" });
  // Whatever is pressed meanwhile comes after the greeting.
  const send = async (/** @type {Action} */ action) => {
    unheard = action;
    const press = ++presses;
    await hello;
    post(action, press);
  };
  const connect = async () => {
    port = chrome.runtime.connect({ name });
    /** @typedef {{view?: View, close?: boolean, hello?: boolean, heard?: number}} Message */
    port.onMessage.addListener(
      (/** @type {Message} */ { view, close: mustClose, hello: isNewBackend, heard }) => {
        if (mustClose) close();
        if (isNewBackend) {
          // The last action may be what ended the backend.
          unheard = undefined;
          greet();
        }
        if (heard === presses) unheard = undefined;
        if (!view) return;
        if (!answered) performance.mark("live");
        answered = true;
        render(root, view, send);
      },
    );
    port.onDisconnect.addListener(() => setTimeout(connect, 100));
    // A worker that ended when something was pressed may not have heard it.
    const action = reconnected ? unheard : undefined;
    await greet();
    if (action) send(action);
    reconnected = true;
  };
  connect();
  const [{ tab }, { glance: cached }] = await Promise.all([hello, stored]);
  if (!cached || answered) return;
  performance.mark("cached");
  render(root, tab?.origin === cached.origin ? cached.here : cached.frame, send, true);
}
