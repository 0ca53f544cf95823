// Listens, in the extension's worker, to what goes to the backend and what comes of it:
// a round is one look at a page and what was filled in then. It changes nothing. A
// function, since what it is given is the worker's global object.
((worker) => {
  const { tell, perform } = worker;
  const asked = new Map(), filling = new Map(), rounds = [];
  let latest, changed = () => {}, opened = 0;

  worker.perform = (effects) => {
    for (const effect of effects ?? []) {
      if (effect.do === "describe") asked.set(effect.request, { tab: effect.tab, began: performance.now() });
      if (effect.do === "fill" && latest) {
        latest.plan = effect.plan;
        latest.planned = performance.now();
        filling.set(effect.request, latest);
      }
    }
    perform(effects);
  };
  worker.tell = async (event) => {
    const round = event.kind === "described" ? asked.get(event.request) : event.kind === "filled" ? filling.get(event.request) : undefined;
    if (round && event.kind === "described") Object.assign(round, { pages: event.pages, described: performance.now() });
    if (round && event.kind === "filled") Object.assign(round, { report: event.report, filled: performance.now() });
    if (event.kind === "described") latest = round;
    try {
      await tell(event);
    } finally {
      if (event.kind === "acted" && event.action?.do === "open" && event.action.tab?.origin) opened++;
      if (round && (event.kind === "filled" || !round.plan)) rounds.push(round);
      changed();
    }
  };
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
    call: async (method, args) => JSON.stringify((await tap[method](...JSON.parse(args))) ?? null),

    /** Waits until the popup has been opened over a page n times. */
    opened: async (n, patience) => Boolean(await until(() => opened >= n, patience)),

    /** The next round, with how long each part took in milliseconds. */
    async round(patience) {
      const round = await until(() => rounds.shift(), patience);
      if (!round) return { late: true };
      const { plan, pages = [], report, began, described, planned, filled } = round;
      return {
        plan: plan ?? null, pages, kept: report?.kept ?? false, detail: report?.detail ?? "",
        ms: { describe: described - began, plan: (planned ?? described) - described, fill: planned ? filled - planned : 0 },
      };
    },
  };
  return tap;
})
