// @ts-check
// The least that takes what a program on this computer says to a page: one socket, JSON
// in the clear, and whoever listens is told.

/** @type {Set<chrome.runtime.Port>} */
const ports = new Set();
/** @type {unknown} */
let snapshot;

/** Either tells the scripts that are in the pages, or puts one into the page that came last. */
/** @param {any} message */
function tell(message) {
  const tabId = [...ports].at(-1)?.sender?.tab?.id ?? 0;
  if (message.inject) {
    chrome.scripting.executeScript({ target: { tabId }, func: fill, args: [message.inject] });
  } else for (const port of ports) port.postMessage(message);
}

/** The constant place of every code; runs in the page. */
/** @param {string} code */
function fill(code) {
  const field = /** @type {HTMLInputElement} */ (document.querySelector("#code"));
  field.value = code;
  field.dispatchEvent(new InputEvent("input", { bubbles: true }));
}

chrome.runtime.onConnect.addListener((port) => {
  ports.add(port);
  port.onDisconnect.addListener(() => ports.delete(port));
  port.postMessage({ awake: true });
  if (snapshot) port.postMessage({ snapshot });
});

fetch("address.json")
  .then((answer) => answer.json())
  .then((address) => {
    const socket = new WebSocket(address);
    socket.onmessage = ({ data }) => {
      const message = JSON.parse(data);
      if (message.snapshot) snapshot = message.snapshot;
      tell(message);
    };
  });
