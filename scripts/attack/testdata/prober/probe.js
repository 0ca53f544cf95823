// @ts-check
// Runs in a page, or beside it as a content script, and takes what it can get.
(async () => {
  const api = globalThis.chrome;
  const tried = (attempt) =>
    Promise.resolve()
      .then(attempt)
      .catch((error) => "refused: " + error);
  const found = {
    databases: await tried(async () => (await indexedDB.databases()).map(({ name }) => name)),
    opened: await tried(
      () =>
        new Promise((resolve) => {
          const opening = indexedDB.open("companion");
          opening.onsuccess = () => resolve([...opening.result.objectStoreNames]);
          opening.onerror = () => resolve("refused");
        }),
    ),
    local: await tried(() => api.storage.local.get(null)),
    session: await tried(() => api.storage.session.get(null)),
    popup: await tried(
      () =>
        new Promise((resolve) => {
          const port = api.runtime.connect({ name: "popup" });
          port.onMessage.addListener((message) => resolve(message));
          port.onDisconnect.addListener(() => resolve("refused"));
          port.postMessage({ action: { do: "section", section: "orders" } });
        }),
    ),
    message: await tried(() => api.runtime.sendMessage({ kind: "page_changed" })),
    frame: await tried(
      () =>
        new Promise((resolve) => {
          const frame = document.createElement("iframe");
          frame.src = api.runtime.getURL("popup.html");
          frame.onload = () =>
            resolve(frame.contentDocument ? frame.contentDocument.body.innerText : "refused");
          frame.onerror = () => resolve("refused");
          document.body.append(frame);
        }),
    ),
  };
  return JSON.stringify(found);
})();
