// @ts-check
// Values that have to arrive somewhere, of which only the latest counts.

const soon = 1000,
  late = 60_000;

/**
 * Puts a value where it belongs, one after the other, and tries again until the latest is
 * there.
 * @template T
 * @param {string} name for the log
 * @param {(value: T) => Promise<unknown>} put
 */
export function latest(name, put) {
  /** What is not there yet. @type {{value: T} | undefined} */
  let wanted;
  let busy = false,
    timer = 0,
    failures = 0;
  const run = async () => {
    busy = true;
    while (wanted) {
      const { value } = wanted,
        attempt = wanted;
      try {
        await put(value);
        failures = 0;
        if (wanted === attempt) wanted = undefined;
      } catch (problem) {
        // Its message may hold what was to be put.
        console.error(`${name} could not be written: ${nameOf(problem)}`);
        if (wanted !== attempt) continue;
        timer = setTimeout(run, Math.min(soon * 2 ** failures++, late));
        break;
      }
    }
    busy = false;
  };
  return {
    /** @param {T} value */
    set(value) {
      wanted = { value };
      clearTimeout(timer);
      if (!busy) run();
    },
    /** What is to arrive yet. */
    waiting: () => wanted,
  };
}

/** What kind of problem it is: the message may name a site, or hold what nobody is to see. @param {unknown} problem */
export const nameOf = (problem) => (problem instanceof Error ? problem.name : typeof problem);
