// Listens, in the extension's worker, to what goes to the backend and what comes back,
// for the moments of one code on its way into a page. Both pass through JSON, which is all
// of the worker that can be got at. A function of the worker's global object.
(worker) => {
  const { parse, stringify } = worker.JSON;
  const fine = () => performance.timeOrigin + performance.now();
  let behind = -Infinity; // the most of some: the thread may have been stopped in between
  for (let i = 0; i < 5; i++) {
    const tick = Date.now();
    let wall;
    do wall = Date.now();
    while (wall === tick);
    behind = Math.max(behind, wall - fine());
  }
  const now = () => fine() + behind;

  const asked = new Map(),
    filling = new Map();
  let event,
    told,
    injected,
    arrived = () => {};

  const { executeScript } = worker.chrome.scripting;
  worker.chrome.scripting.executeScript = async (injection) => {
    const results = await executeScript.call(worker.chrome.scripting, injection);
    if (injection.files) injected = now();
    return results;
  };

  worker.JSON.stringify = (value, ...more) => {
    if (typeof value?.kind === "string" && value.now) [event, told] = [value, now()];
    return stringify(value, ...more);
  };
  worker.JSON.parse = (text, ...more) => {
    const value = parse(text, ...more);
    if (event) heard(event, value?.effects ?? []);
    event = undefined;
    return value;
  };

  function heard(sent, effects) {
    const answered = now();
    const one = (kind) => effects.find((effect) => effect.do === kind)?.request;
    if (sent.kind === "received" && one("describe")) {
      asked.set(one("describe"), { told, answered });
      injected = answered; // and later only where something is put into the page
    }
    const moments = sent.kind === "described" && asked.get(sent.request);
    if (moments && one("fill")) {
      filling.set(one("fill"), { ...moments, injected, described: told, planned: answered });
    }
    const filled = sent.kind === "filled" && filling.get(sent.request);
    if (filled) arrived(stringify({ ...filled, filled: told }));
  }

  return {
    /** The moments of the next code that goes its whole way, in milliseconds of the wall's clock. */
    next: () =>
      new Promise((resolve) => {
        arrived = resolve;
      }),
  };
};
