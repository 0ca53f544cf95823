// What a test does in the extension's worker, whose global object each of these gets.
({
  /**
   * Looks at the page in front and types into it by a plan that may be changed, or after the
   * tab has gone on to another page, which was looked at too. Gives what came of it.
   */
  async type(worker, value, changes, next) {
    const { scripting, tabs } = worker.chrome;
    const [{ id: tabId }] = await tabs.query({ url: ["http://127.0.0.1/*", "http://localhost/*"] });
    const target = { tabId };
    const look = async () => {
      // Firefox refuses what the scripts evaluate to, after it has run them.
      await scripting
        .executeScript({
          target,
          files: ["dom.js", "region.js", "describe.js", "type.js", "pick.js", "fill.js"],
        })
        .catch(() => {});
      const [{ result }] = await scripting.executeScript({
        target,
        func: () => globalThis[Symbol.for("companion")].page.describe(),
      });
      return result;
    };
    const { document, origin, fields } = await look();
    const steps = [{ ref: fields[0].ref, value, option: -1 }];
    const plan = { frame: 0, document, origin, top: origin, steps, ...JSON.parse(changes) };
    if (next) {
      const loaded = new Promise((resolve) => {
        tabs.onUpdated.addListener(function listen(id, { status }, { url }) {
          if (id !== tabId || status !== "complete" || url !== next) return;
          tabs.onUpdated.removeListener(listen);
          resolve();
        });
      });
      await tabs.update(tabId, { url: next });
      await loaded;
      plan.steps = [{ ...steps[0], ref: (await look()).fields[0].ref }];
    }
    const func = (wanted) => globalThis[Symbol.for("companion")].fill(wanted);
    const [{ result }] = await scripting.executeScript({ target, func, args: [plan] });
    return JSON.stringify(result);
  },

  /** Whether the person lets the extension show notifications. */
  notifies: (worker) => worker.chrome.permissions.contains({ permissions: ["notifications"] }),
});
