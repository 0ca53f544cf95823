// Writes amounts as the extension's pages do in a language.

globalThis.amounts = async (language, list) => {
  Object.defineProperty(chrome.i18n, "getUILanguage", { value: () => language, configurable: true });
  const { localize } = await import(`./i18n.js?${language}`);
  const point = new Intl.NumberFormat(language)
    .formatToParts(1.5)
    .find(({ type }) => type === "decimal").value;
  return JSON.stringify({
    point,
    shown: JSON.parse(list).map((money) => localize({ key: "amount", args: [{ money }] })),
  });
};
document.documentElement.dataset.ready = "yes";
