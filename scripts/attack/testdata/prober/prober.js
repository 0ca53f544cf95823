// @ts-check
// One of the extension's own pages, in a copy of it: reads the secret where it is, and
// sends a probe into another page.

/** @param {"MAIN" | "ISOLATED"} world */
globalThis.probe = async (world) => {
  await chrome.storage.local.set({ bait: "swallowed" });
  const [tab] = await chrome.tabs.query({ url: "http://127.0.0.1/*" });
  const [answer] = await chrome.scripting.executeScript({
    target: { tabId: tab.id },
    files: ["probe.js"],
    world,
  });
  return answer.result;
};

/** Everything in the extension's storage but its database. */
globalThis.stored = async () =>
  JSON.stringify([
    await chrome.storage.local.get(null),
    await chrome.storage.session.get(null),
    await chrome.storage.sync.get(null),
    { ...localStorage },
    await caches.keys(),
    (await indexedDB.databases()).map(({ name }) => name),
  ]);

/** The client's secret, in base64. */
globalThis.secret = () =>
  new Promise((resolve, reject) => {
    const opening = indexedDB.open("companion");
    opening.onerror = reject;
    opening.onsuccess = () => {
      const reading = opening.result.transaction("pairing").objectStore("pairing").get("current");
      reading.onerror = reject;
      reading.onsuccess = () => resolve(reading.result.secret);
    };
  });
