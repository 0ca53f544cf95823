// Stands in for the worker and the language of one of the extension's pages, so that the page can
// be shown in any state. Go fills in the messages and the language below.
(() => {
  const { messages, language } = SET;
  if (!globalThis.chrome?.runtime) return;
  const replace = (object, values) => {
    for (const [name, value] of Object.entries(values)) {
      Object.defineProperty(object, name, { value, configurable: true });
    }
  };
  replace(chrome.i18n, {
    getUILanguage: () => language,
    getMessage(key, args = []) {
      if (key === "@@bidi_dir") return language === "ar" ? "rtl" : "ltr";
      return (messages[key]?.message ?? "").replace(/\$(\d)/g, (_, n) => [args].flat()[n - 1] ?? "");
    },
  });
  let now = Date.now(),
    listen;
  Date.now = () => now;
  const sent = [];
  replace(chrome.runtime, {
    connect: () => ({
      onMessage: {
        addListener: (listener) => {
          listen = listener;
        },
      },
      onDisconnect: { addListener() {} },
      postMessage: ({ action }) => sent.push(action),
    }),
  });
  globalThis.stage = {
    sent,
    ready: () => Boolean(listen),
    /** Lets time go on, until so many seconds are left of a time. */
    later: (until, left) => {
      now = Date.parse(until) - left * 1000;
    },
    update: (view) => listen({ view }),
    show(at, view) {
      now = Date.parse(at);
      document.querySelector("#root").replaceChildren();
      document.querySelector("#said").textContent = "";
      scrollTo(0, 0);
      listen({ view });
    },
  };
})();
