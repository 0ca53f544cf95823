// @ts-check
// Writes values to where they belong, in order, until the latest is there. Values that a newer
// one replaces before their turn are never written.

/** How long to wait after the first failure, and at most, in milliseconds. */
const firstPause = 1000;
const maxPause = 60_000;

/**
 * A writer of one value. After a failure it tries again, and waits twice as long each time.
 * @template T
 * @param {string} name for the log
 * @param {(value: T) => Promise<unknown>} write
 */
export function latestWriter(name, write) {
  /** The value that is not written yet. @type {{value: T} | undefined} */
  let pending;
  let busy = false;
  let running = Promise.resolve();
  let timer = 0;
  let failures = 0;

  /** @param {{value: T}} attempt */
  const tryWrite = async (attempt) => {
    try {
      await write(attempt.value);
      failures = 0;
      if (pending === attempt) pending = undefined;
      return true;
    } catch (problem) {
      console.error(`${name} could not be written: ${errorName(problem)}`);
      return false;
    }
  };

  const run = async () => {
    busy = true;
    while (pending) {
      const attempt = pending;
      // A newer value is tried at once, since the old one may have been the problem.
      if ((await tryWrite(attempt)) || pending !== attempt) continue;
      timer = setTimeout(start, Math.min(firstPause * 2 ** failures++, maxPause));
      break;
    }
    busy = false;
  };

  const start = () => {
    running = run();
  };

  return {
    /** Writes a value soon, in place of one that still waits. @param {T} value */
    set(value) {
      pending = { value };
      clearTimeout(timer);
      if (!busy) start();
    },
    /** The value that is not written yet, if any. */
    pending: () => pending,
    /** Resolves once the latest value was written, or could not be for now. */
    settled: () => running,
  };
}

/**
 * The kind of a problem. Its message may name a site, or hold the value itself.
 * @param {unknown} problem
 */
export const errorName = (problem) => (problem instanceof Error ? problem.name : typeof problem);
