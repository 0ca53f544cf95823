// @ts-check
// Runs the Go backend. A Go program that has panicked never answers again, so when one ends another
// is started from what is stored, as in a new worker. The event that ended it is not repeated.
// It never looks into an effect.

/** @import {Event as CoreEvent, Effect, Answer, Crash} from "./types" */

import "./wasm_exec.js";
import { errorName } from "./writer.js";
import { read, write } from "./store.js";

/**
 * So many crashes within so long a time, in milliseconds, are no accident: the backend is given up
 * until some of them are older, or until the person starts it.
 */
const maxCrashes = 5;
const crashSpan = 10 * 60_000;
/** How many crashes the report lists. */
const maxListed = 10;
/** After so many crashes at the start in a row, the session that the last backend stored is left out. */
const maxStartCrashes = 2;

/** @typedef {{handle?: (event: string) => string, over: boolean}} Program */

/**
 * @typedef Host
 * @property {() => Promise<Partial<CoreEvent>>} facts what a backend has to know when it starts
 * @property {(effects: Effect[]) => void} perform
 * @property {(again: boolean) => Partial<CoreEvent>[]} opened what is there already, told to a new backend
 * @property {() => boolean} watched whether somebody looks
 * @property {() => void} ended ends what belonged to the backend
 * @property {(crashes: Crash[]) => void} gaveUp shows that there is none
 */

export class Backend {
  /** @type {Host} */ #host;
  /** @type {Promise<Program | undefined>} */ #running;
  /** @type {Crash[]} */ #crashes = [];
  #excused = 0; // the time of the last crash that no longer counts
  #givenUp = false;
  #interrupted = false;
  #runs = 0;
  #startCrashes = 0; // crashes at the start, one after the other

  /** @param {Host} host */
  constructor(host) {
    this.#host = host;
    this.#running = this.#begin();
  }

  /** Tells what happened, once there is a backend to tell. @param {Partial<CoreEvent>} event */
  async tell(event) {
    for (;;) {
      const program = await this.#running;
      if (program && !program.over) return this.#handle(program, event);
      if (!this.#givenUp) continue;
      if (!this.#mayStart()) return this.#host.gaveUp(this.#crashes);
      this.#startAgain();
    }
  }

  /** Starts a backend that was given up: a person asks for it. */
  restart() {
    if (!this.#givenUp) return;
    this.#excused = Date.now();
    write("excused", this.#excused);
    this.#startAgain();
  }

  #startAgain() {
    this.#givenUp = false;
    this.#interrupted = this.#host.watched();
    this.#running = this.#begin();
  }

  /** @param {Program} program @param {Partial<CoreEvent>} event */
  #handle(program, event) {
    /** @type {Answer | undefined} */
    let answer;
    try {
      const told = { ...event, now: new Date().toISOString(), offline: !navigator.onLine };
      answer = JSON.parse(/** @type {any} */ (program).handle(JSON.stringify(told)));
    } catch {
      // A program that has ended in the middle answers nothing that can be read.
    }
    const unread = event.kind === "started" && !answer?.effects;
    if (answer && !answer.crash && !unread) return this.#host.perform(answer.effects ?? []);
    this.#over(program, event, answer?.crash);
  }

  /** @param {Program} program @param {Partial<CoreEvent>} event @param {Crash} [crash] */
  #over(program, event, crash) {
    if (program.over) return;
    program.over = true;
    const at = new Date().toISOString();
    this.#crashes = [
      ...this.#crashes,
      { event: event.kind ?? "", cause: "the program ended", where: "", ...crash, at },
    ].slice(-maxListed);
    write("crashes", this.#crashes);
    console.error("the backend ended", JSON.stringify(this.#crashes.at(-1)));
    this.#startCrashes = event.kind === "started" ? this.#startCrashes + 1 : 0;
    this.#interrupted ||= event.kind === "acted" || this.#host.watched();
    this.#host.ended();
    const pause = 1000 * 2 ** (this.#recent() - 2); // none after the first
    this.#running = later(pause < 1000 ? 0 : pause).then(() => this.#begin());
  }

  #recent() {
    const now = Date.now();
    return this.#crashes.filter(
      ({ at }) => Date.parse(at) > this.#excused && Math.abs(now - Date.parse(at)) < crashSpan,
    ).length;
  }

  #mayStart() {
    return this.#recent() < maxCrashes;
  }

  /** @returns {Promise<Program | undefined>} */
  async #begin() {
    for (;;) {
      try {
        return await this.#start();
      } catch (problem) {
        // A browser that is just starting, or a full disk, may not give what is needed yet.
        console.error(`the backend can't start yet: ${errorName(problem)}`);
        await later(1000);
      }
    }
  }

  /** @returns {Promise<Program | undefined>} */
  async #start() {
    const go = new /** @type {any} */ (globalThis).Go();
    const [{ instance }, facts, crashes, excused] = await Promise.all([
      WebAssembly.instantiateStreaming(fetch(chrome.runtime.getURL("companion.wasm")), go.importObject),
      this.#host.facts(),
      read("crashes"),
      read("excused"),
    ]);
    this.#crashes = crashes ?? [];
    this.#excused = excused ?? 0;
    if (!this.#mayStart()) {
      this.#givenUp = true;
      this.#host.gaveUp(this.#crashes);
      return undefined;
    }
    /** @type {Program} */
    const program = { over: false };
    const ready = new Promise((resolve) => {
      /** @type {any} */ (globalThis).companionReady = resolve;
    });
    const ended = go
      .run(instance)
      .catch(() => {})
      .then(() => this.#over(program, {}));
    await Promise.race([
      ready.then((handle) => {
        program.handle = handle;
      }),
      ended,
    ]);
    this.#announceStart(program, facts);
    return program;
  }

  /** @param {Program} program @param {Partial<CoreEvent>} facts */
  #announceStart(program, facts) {
    const run = this.#runs++,
      again = run > 0 || this.#interrupted;
    const session = this.#startCrashes < maxStartCrashes ? facts.session : undefined;
    const started = {
      ...facts,
      kind: /** @type {const} */ ("started"),
      session,
      run,
      crashes: this.#crashes,
      interrupted: this.#interrupted,
    };
    for (const event of [started, ...this.#host.opened(again)]) {
      if (!program.over) this.#handle(program, event);
    }
    if (program.over) return;
    this.#interrupted = false;
    this.#startCrashes = 0;
  }
}

/** @param {number} after milliseconds */
const later = (after) => new Promise((resolve) => setTimeout(resolve, after));
