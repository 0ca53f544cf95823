// Reads what the extension keeps, where it keeps it.

globalThis.kept = async () => {
  const opening = indexedDB.open("companion");
  const database = await new Promise((resolve) => {
    opening.onsuccess = () => resolve(opening.result);
  });
  const asking = database.transaction("pairing").objectStore("pairing").get("current");
  const current = await new Promise((resolve) => {
    asking.onsuccess = () => resolve(asking.result);
  });
  database.close();
  const { session } = await chrome.storage.session.get("session");
  const { entries } = await chrome.storage.local.get("entries");
  return JSON.stringify({
    paired: Boolean(current?.client_id),
    session: typeof session === "string" ? session : JSON.stringify(session),
    menu: entries,
  });
};
