// Runs in one of the extension's own pages, open in a tab of its own: buys orders by the
// actions that the popup's buttons send, and looks into the page that is scored.
(() => {
  const port = chrome.runtime.connect({ name: "popup" });
  let view = { nodes: [] },
    changed = () => {};
  port.onMessage.addListener((message) => {
    if (message.view) view = message.view;
    changed();
  });
  const send = (action) => port.postMessage({ action });

  /** Every node of the view. */
  function* nodes(list = view.nodes ?? []) {
    for (const node of list) {
      yield node;
      yield* nodes(node.children ?? []);
    }
  }
  const keyed = (key) => nodes().find((node) => node.key === key);
  const plain = (node) =>
    [node.text?.key, node.text?.plain, ...(node.children ?? []).map(plain)].filter(Boolean).join(" ");

  /** Waits until what() of the view is something. A problem that the view tells of ends it. */
  async function until(what) {
    for (;;) {
      const problem = keyed("problem");
      if (problem) throw new Error(`the popup says: ${plain(problem)}`);
      const found = what();
      if (found) return found;
      await new Promise((resolve) => {
        changed = resolve;
      });
    }
  }

  const within = (ms, promise, what) =>
    Promise.race([promise, new Promise((_, reject) => setTimeout(() => reject(new Error(what)), ms))]);

  const patience = 8000;

  /** Calls a method of reader.js in each frame of a tab that the extension reaches. */
  async function read(tab, method, ...args) {
    const target = { tabId: tab, allFrames: true };
    const run = async () => {
      await chrome.scripting.executeScript({ target, func: reader });
      return chrome.scripting.executeScript({
        target,
        func: (name, values) => globalThis.scored?.[name](...values),
        args: [method, args],
      });
    };
    const answers = await within(patience, run(), "the page does not answer any more");
    return answers.map(({ result }) => result).filter((result) => result !== null && result !== undefined);
  }

  globalThis.desk = {
    /** Calls one of the methods; arguments and result are JSON. */
    call: async (method, args) => JSON.stringify((await desk[method](...JSON.parse(args))) ?? null),

    async pair(text) {
      send({ do: "pair", text });
      await until(() => keyed("balance"));
    },

    /** Buys one number, and gives its order's id and the number. */
    async buy(country, service) {
      send({ do: "quote", country_id: country, service_id: service });
      send((await until(() => !keyed("buy")?.disabled && keyed("buy"))).action);
      const cancel = await until(() => keyed("cancel"));
      return { id: cancel.action.order_id, number: keyed("copy-number").value };
    },

    /** Waits until all of some orders are in a state. */
    async all(ids, state) {
      send({ do: "section", section: "orders" });
      await until(
        () => !keyed("listing") && ids.every((id) => keyed(`order:${id}`)?.class === `order ${state}`),
      );
    },

    async cancel(ids) {
      for (const id of ids) send({ do: "cancel", order_id: id });
      await desk.all(ids, "refunded");
    },

    show: (id) => send({ do: "order", order_id: id }),

    name: (region) => new Intl.DisplayNames("en", { type: "region" }).of(region),

    /** Waits for the labelled fields, which may come late; says which of them did not. */
    async ready(tab, selectors) {
      const ends = performance.now() + 5000;
      let missing;
      do {
        const found = new Set((await read(tab, "found", selectors)).flat());
        missing = selectors.filter((selector) => !found.has(selector));
      } while (missing.length && performance.now() < ends);
      await read(tab, "still");
      return missing;
    },

    before: async (tab, allowed) => void (await read(tab, "before", allowed)),
    after: async (tab, allowed, typed) => (await read(tab, "after", allowed, typed)).flat(),

    async values(tab, selectors) {
      const frames = await read(tab, "values", selectors);
      return selectors.map((_, i) => frames.map((values) => values[i]).find((value) => value !== null) ?? "");
    },

    /** What the page itself has taken, once it is what is wanted, or stays something else. */
    async taken(tab, want) {
      const func = async (wanted) => {
        if (!globalThis.__state) return null;
        const ends = performance.now() + 700;
        let state = globalThis.__state();
        while (
          Object.entries(wanted).some(([key, value]) => state[key] !== value) &&
          performance.now() < ends
        ) {
          await new Promise((later) => setTimeout(later, 20));
          state = globalThis.__state();
        }
        return { accepted: String(state.accepted ?? ""), tel: String(state.tel ?? "") };
      };
      const asked = chrome.scripting.executeScript({
        target: { tabId: tab },
        world: "MAIN",
        func,
        args: [want],
      });
      const [answer] = await within(patience, asked, "the page does not answer any more");
      return answer?.result ?? null;
    },
  };
})();
