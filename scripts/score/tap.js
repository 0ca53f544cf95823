// Listens, in the extension's worker, to what goes to the backend and what comes back: a
// round is one look at a page, and what was filled in then. Both pass through JSON, which
// is all of the worker that can be got at. One thing is changed: no popup opens by itself,
// as in a browser that wants a click for it, so that those which do are the harness's own.
// A function of the worker's global object.
(worker) => {
  const { parse, stringify } = worker.JSON;
  worker.chrome.action.openPopup = async () => {
    throw new Error("not without a click");
  };
  const asked = new Map(),
    filling = new Map(),
    rounds = [];
  const openings = [];
  let event,
    told,
    waiting,
    changed = () => {};

  worker.JSON.stringify = (value, ...more) => {
    if (typeof value?.kind === "string" && value.now) {
      event = value;
      told = performance.now();
    }
    return stringify(value, ...more);
  };
  worker.JSON.parse = (text, ...more) => {
    const value = parse(text, ...more);
    if (event) heard(event, value?.effects ?? []);
    event = undefined;
    return value;
  };

  /** What an event came to; the backend answers at once. */
  function heard(sent, effects) {
    const now = performance.now();
    for (const effect of effects) {
      if (effect.do === "describe") asked.set(effect.request, { tab: effect.tab, began: now });
    }
    const fill = effects.find((effect) => effect.do === "fill");
    if (sent.kind === "described") {
      const round = asked.get(sent.request);
      Object.assign(round, { pages: sent.pages, described: told, planned: now });
      if (effects.some((effect) => effect.do === "dismiss")) {
        waiting = round;
      } // for the popup to close
      else if (fill) filling.set(fill.request, Object.assign(round, { plan: fill.plan }));
      else rounds.push(round);
    } else if (fill && waiting) {
      filling.set(fill.request, Object.assign(waiting, { plan: fill.plan }));
      waiting = undefined;
    }
    const filled = sent.kind === "filled" && filling.get(sent.request);
    if (filled) rounds.push(Object.assign(filled, { report: sent.report, filled: told }));
    if (sent.kind === "acted" && sent.action?.do === "open" && sent.action.tab) {
      openings.push(sent.action.tab);
    }
    changed();
  }

  /** Waits for what() to be something, and no longer than patience in milliseconds. */
  const until = async (what, patience) => {
    const ends = performance.now() + patience;
    for (let left = patience; left > 0; left = ends - performance.now()) {
      const found = what();
      if (found) return found;
      await new Promise((resolve) => {
        changed = resolve;
        setTimeout(resolve, left);
      });
    }
    return undefined;
  };

  const tap = {
    /** Calls one of the methods; arguments and result are JSON. */
    call: async (method, args) => stringify((await tap[method](...parse(args))) ?? null),

    /** The tab that the popup is opened over next, or was since this was asked last. */
    opening: (patience) => until(() => openings.splice(0).at(-1), patience),

    /** The next round in a tab, with how long each part took in milliseconds. */
    async round(tab, patience) {
      const round = await until(() => rounds.splice(0).findLast((one) => one.tab === tab), patience);
      if (!round) return { late: true };
      const { plan, pages = [], report, began, described, planned, filled = planned } = round;
      return {
        plan: plan ?? null,
        pages,
        kept: report?.kept ?? false,
        detail: report?.detail ?? "",
        ms: { describe: described - began, plan: planned - described, fill: filled - planned },
      };
    },
  };
  return tap;
};
