// @ts-check
// The line between a page of the extension and its worker, kept up for as long as
// the page is open.

/** @import {View, Action, Glance} from "./types" */

import { render } from "./render.js";

/**
 * Opens the page called name, and sends hello each time the worker is new. Until that
 * answers, a glance shows what was known last.
 * @param {string} name @param {Promise<Action>} hello
 */
export async function open(name, hello) {
  const root = /** @type {Element} */ (document.querySelector("#root"));
  // Asked for before the worker is woken, which keeps the browser busy.
  const remembered = /** @type {Promise<{glance?: Glance}>} */ (
    name === "popup" ? chrome.storage.session.get("glance") : Promise.resolve({})
  );
  /** @type {chrome.runtime.Port} */
  let port;
  let answered = false,
    again = false;
  /** What was asked for last, while there is no answer. @type {{action: Action, at: number} | undefined} */
  let asked;
  const post = (/** @type {Action} */ action) => {
    try {
      port.postMessage({ action });
    } catch {
      // The worker is gone, and the next one is asked.
    }
  };
  const greet = async () => post({ ...(await hello), text: again ? "again" : "" });
  // Whatever is pressed meanwhile comes after the greeting.
  const send = async (/** @type {Action} */ action) => {
    asked = { action, at: performance.now() };
    await hello;
    post(action);
  };
  const connect = async () => {
    port = chrome.runtime.connect({ name });
    port.onMessage.addListener(
      (/** @type {{view?: View, close?: boolean, hello?: boolean}} */ { view, close: over, hello: anew }) => {
        if (over) close();
        if (anew) {
          // What was asked last may be what ended the backend.
          asked = undefined;
          greet();
        }
        if (!view) return;
        if (!answered) performance.mark("live");
        answered = true;
        asked = undefined;
        render(root, view, send);
      },
    );
    port.onDisconnect.addListener(() => setTimeout(connect, 100));
    // A worker that ended just when something was pressed may not have heard it.
    const unheard = again && asked && performance.now() - asked.at < 1000 ? asked.action : undefined;
    await greet();
    if (unheard) send(unheard);
    again = true;
  };
  connect();
  const [{ tab }, { glance }] = await Promise.all([hello, remembered]);
  if (!glance || answered) return;
  performance.mark("glance");
  render(root, tab?.origin === glance.origin ? glance.here : glance.frame, send, true);
}
