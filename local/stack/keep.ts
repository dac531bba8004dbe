/**
 * One process of the stack, kept running: when it ends, it is started again on the same port, after a pause that
 * grows, and given up with a sentence after five failures in a row. It promises that `up` speaks of the present run
 * and never of the one that has just died. What the process is for, it does not know.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Command, launch, type Ready, type Run } from './launch.ts';
import { failuresAfter, maxFailures, pauseMs } from './restarts.ts';

// The host lets running work finish for 10 s and its hooks for 5 s.
const politeMs = 15_000;

export interface KeepOptions {
  readonly name: string;
  /** How to start it; `last` is what it said when it was last ready, with the port to take again. */
  command(last: Ready | undefined): Command;
  /** One line for the developer. */
  say(line: string): void;
  /** A line that the process printed. */
  onOutput(line: string): void;
  /** Called when it runs again, with another pid, before `up` says so; must not reject. */
  onRestart(): Promise<void>;
  /** The pause before a start that follows so many failures in a row, in milliseconds. */
  pauseMs?(failures: number): number;
  /** Called once, when it is not started again. */
  onGiveUp(sentence: string): void;
}

/** Starts a process and keeps it running until `stop`; rejects with a sentence when the first start fails. */
export async function keep(options: KeepOptions): Promise<Kept> {
  const kept = new Kept(options);
  await kept.begin();
  return kept;
}

/** A process in the hands of `keep`. */
export class Kept {
  readonly #options: KeepOptions;
  #run: Run;
  #ready: Ready | undefined;
  #up = Promise.withResolvers<void>();
  #upSinceMs = 0;
  #failures = 0;
  #killedOnPurpose = false;
  readonly #stopping = new AbortController();

  constructor(options: KeepOptions) {
    this.#options = options;
    this.#run = this.#launch();
  }

  get pid(): number {
    return this.#run.pid;
  }

  /** What the process said when it was last ready. */
  get ready(): Ready {
    if (this.#ready === undefined) throw new Error(`The ${this.#options.name} was never ready.`);
    return this.#ready;
  }

  /** Waits for the first start. */
  async begin(): Promise<void> {
    await this.#isReady(async () => undefined);
    void this.#watch();
  }

  /** Resolves when the process is ready, at once if it is; rejects when it was given up or stopped. */
  up(): Promise<void> {
    return this.#up.promise;
  }

  /** Sends the signal and resolves when that run has ended; it is started again without counting a failure. */
  async kill(signal: 'SIGKILL' | 'SIGTERM' = 'SIGKILL'): Promise<void> {
    this.#killedOnPurpose = true;
    this.#run.signal(signal);
    await this.#run.ended;
  }

  /** Asks the present run something; rejects when it ends without an answer. */
  ask(question: unknown): Promise<unknown> {
    return this.#run.ask(question);
  }

  /** Ends the process for good: SIGTERM, and SIGKILL when it still runs after `graceMs`. */
  async stop(graceMs: number): Promise<void> {
    this.#stopping.abort();
    await this.#end(graceMs);
    this.#up.reject(new Error(`The ${this.#options.name} was stopped.`));
  }

  /** Ends the present run politely and resolves when the next one is ready. */
  async restart(): Promise<void> {
    this.#killedOnPurpose = true;
    await this.#end(politeMs);
    await this.up();
  }

  async #end(graceMs: number): Promise<void> {
    const { ended, signal } = this.#run;
    signal('SIGTERM');
    const patience = setTimeout(() => signal('SIGKILL'), graceMs);
    await ended;
    clearTimeout(patience);
  }

  #launch(): Run {
    return launch(this.#options.command(this.#ready), {
      onOutput: this.#options.onOutput,
      onEnd: () => {
        this.#up = Promise.withResolvers();
        // Nobody has to wait for a process to come back.
        this.#up.promise.catch(() => undefined);
      },
    });
  }

  async #isReady(first: () => Promise<void>): Promise<void> {
    // Of this run: should it die meanwhile, the next one has a promise of its own.
    const up = this.#up;
    this.#ready = await this.#run.ready;
    this.#upSinceMs = performance.now();
    await first();
    up.resolve();
  }

  async #watch(): Promise<void> {
    const { name, say } = this.#options;
    for (;;) {
      const how = await this.#run.ended;
      if (this.#stopping.signal.aborted) return;
      this.#count(performance.now() - this.#upSinceMs);
      if (this.#failures < maxFailures)
        say(`The ${name} ended (${how}); starting it again on port ${this.ready.port}.`);
      if (!(await this.#startAgain(how))) return;
    }
  }

  /** True once the process runs again, false when it was stopped or given up. */
  async #startAgain(how: string): Promise<boolean> {
    const { name, say, onRestart, onGiveUp } = this.#options;
    let reason = how;
    while (this.#failures < maxFailures) {
      if (!(await this.#pause())) return false;
      this.#run = this.#launch();
      try {
        await this.#isReady(onRestart);
        return true;
      } catch (error) {
        if (this.#stopping.signal.aborted) return false;
        reason = error instanceof Error ? error.message : String(error);
        this.#count(0);
        say(`The ${name} did not start: ${reason}`);
      }
    }
    const sentence = `The ${name} failed ${maxFailures} times in a row (${reason}); giving up.`;
    this.#up.reject(new Error(sentence));
    onGiveUp(sentence);
    return false;
  }

  #count(livedMs: number): void {
    this.#failures = this.#killedOnPurpose ? 0 : failuresAfter(this.#failures, livedMs);
    this.#killedOnPurpose = false;
  }

  async #pause(): Promise<boolean> {
    const ms = (this.#options.pauseMs ?? pauseMs)(this.#failures);
    await sleep(ms, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
    return !this.#stopping.signal.aborted;
  }
}
