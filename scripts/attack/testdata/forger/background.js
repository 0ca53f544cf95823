// @ts-check
let forged = "";

browser.runtime.onMessage.addListener(async ({ origin }) => {
  forged = origin;
});

browser.webRequest.onBeforeSendHeaders.addListener(
  ({ requestHeaders = [] }) => {
    const kept = requestHeaders.filter(({ name }) => name.toLowerCase() !== "origin");
    if (forged) kept.push({ name: "Origin", value: forged });
    return { requestHeaders: kept };
  },
  { urls: ["ws://*/*"] },
  ["blocking", "requestHeaders"],
);
