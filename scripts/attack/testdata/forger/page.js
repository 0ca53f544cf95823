// @ts-check
/** @param {string} origin that sockets carry from now on; empty: none */
globalThis.forge = async (origin) => {
  // In Firefox background.js does it.
  if (!chrome.declarativeNetRequest) return browser.runtime.sendMessage({ origin });
  const header = origin
    ? { header: "origin", operation: "set", value: origin }
    : { header: "origin", operation: "remove" };
  await chrome.declarativeNetRequest.updateSessionRules({
    removeRuleIds: [1],
    addRules: [
      {
        id: 1,
        action: { type: "modifyHeaders", requestHeaders: [header] },
        condition: { urlFilter: "|ws://", resourceTypes: ["websocket"] },
      },
    ],
  });
};
