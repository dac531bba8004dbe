/**
 * Supervises one process of the stack: when it ends, it is started again on the same port after a pause that grows
 * with each failure in a row (`restarts.ts`), without a last attempt, until `stop`. `up` always refers to the
 * present run and never to the one that has just ended. It does not know what the process is for.
 */
import { type Command, launch, type Ready, type Run } from './launch.ts';
import { backoffMs, failuresAfter } from './restarts.ts';

// The host lets running work finish for 10 s and its hooks for 5 s.
const restartGraceMs = 15_000;
// A process that loads its code cannot react to SIGTERM, and has nothing to finish.
const startingGraceMs = 300;

export interface SuperviseOptions {
  readonly name: string;
  /** How to start it; `last` is what it reported when it was last ready, with the port to use again. */
  command(last: Ready | undefined): Command;
  /** One line for the developer. */
  log(line: string): void;
  /** A line that the process printed. */
  onOutput(line: string): void;
  /** Called when it runs again, with another pid, before `up` resolves; must not reject. */
  onRestart(): Promise<void>;
  /** The pause before a start that follows this many failures in a row, in milliseconds. */
  backoffMs?(failures: number): number;
}

/** Starts a process and supervises it until `stop`; rejects when the first start fails. */
export async function supervise(options: SuperviseOptions): Promise<Supervised> {
  const supervised = new Supervised(options);
  await supervised.begin();
  return supervised;
}

/** A process that is started again whenever it ends. */
export class Supervised {
  readonly #options: SuperviseOptions;
  #run: Run;
  #ready: Ready | undefined;
  #up = Promise.withResolvers<void>();
  #isServing = false;
  #readyAtMs = 0;
  #failures = 0;
  /** Why the present run is being ended, when that was asked for: it does not count as a failure. */
  #purpose: 'kill' | 'restart' | undefined;
  #restarted: PromiseWithResolvers<void> | undefined;
  #endPause: () => void = () => undefined;
  #stopping = false;

  constructor(options: SuperviseOptions) {
    this.#options = options;
    this.#run = this.#launch();
  }

  get pid(): number {
    return this.#run.pid;
  }

  /** What the process reported when it was last ready. */
  get ready(): Ready {
    if (this.#ready === undefined) throw new Error(`The ${this.#options.name} was never ready.`);
    return this.#ready;
  }

  /** Waits for the first start. */
  async begin(): Promise<void> {
    await this.#becomeReady(async () => undefined);
    void this.#watch();
  }

  /** Resolves when the process is ready, immediately if it is; rejects when it was stopped. */
  up(): Promise<void> {
    return this.#up.promise;
  }

  /** Sends the signal and resolves when that run has ended; the next start does not count it as a failure. */
  async kill(signal: 'SIGKILL' | 'SIGTERM' = 'SIGKILL'): Promise<void> {
    this.#purpose = 'kill';
    this.#run.signal(signal);
    await this.#run.ended;
  }

  /** Sends the present run a request; rejects when it ends without an answer. */
  ask(question: unknown): Promise<unknown> {
    return this.#run.ask(question);
  }

  /** Lets no end be followed by another start; `stop` still has to end the present run. */
  release(): void {
    this.#stopping = true;
    this.#endPause();
  }

  /** Ends the process permanently: SIGTERM, and SIGKILL if it still runs after `graceMs`. */
  async stop(graceMs: number): Promise<void> {
    this.release();
    await this.#end(graceMs);
    const reason = new Error(`The ${this.#options.name} was stopped.`);
    this.#up.reject(reason);
    this.#restarted?.reject(reason);
  }

  /**
   * Ends the present run (SIGTERM, and SIGKILL after `graceMs`), or the pause before the next one, and resolves
   * when the next run is ready; rejects when that start fails, and then further attempts follow as after any failure.
   */
  async restart(graceMs = restartGraceMs): Promise<void> {
    this.#purpose = 'restart';
    this.#failures = 0;
    this.#restarted ??= Promise.withResolvers();
    const { promise } = this.#restarted;
    this.#endPause();
    await Promise.all([this.#end(graceMs), promise]);
  }

  async #end(graceMs: number): Promise<void> {
    const { ended, signal } = this.#run;
    signal('SIGTERM');
    const withinMs = this.#isServing ? graceMs : Math.min(graceMs, startingGraceMs);
    const timeout = setTimeout(() => signal('SIGKILL'), withinMs);
    await ended;
    clearTimeout(timeout);
  }

  #launch(): Run {
    return launch(this.#options.command(this.#ready), {
      onOutput: this.#options.onOutput,
      onEnd: () => {
        this.#isServing = false;
        this.#up = Promise.withResolvers();
        // Not every end is followed by a call of `up`.
        this.#up.promise.catch(() => undefined);
      },
    });
  }

  async #becomeReady(beforeUp: () => Promise<void>): Promise<void> {
    // The promise of this run: if it ends meanwhile, the next run has another.
    const up = this.#up;
    this.#ready = await this.#run.ready;
    this.#isServing = true;
    this.#readyAtMs = performance.now();
    await beforeUp();
    up.resolve();
  }

  async #watch(): Promise<void> {
    const { name, log } = this.#options;
    while (!this.#stopping) {
      const how = await this.#run.ended;
      if (this.#stopping) return;
      const purpose = this.#takePurpose();
      this.#failures = purpose ? 0 : failuresAfter(this.#failures, performance.now() - this.#readyAtMs);
      if (purpose !== 'restart') {
        log(`The ${name} ended (${how}). Restarting it on port ${this.ready.port} in ${this.#pauseText()}.`);
        await this.#pause();
      }
      await this.#startAgain();
    }
  }

  /** Resolves once the process runs again, or was stopped. */
  async #startAgain(): Promise<void> {
    const { name, log, onRestart } = this.#options;
    while (!this.#stopping) {
      const restarted = this.#restarted;
      this.#takePurpose();
      this.#run = this.#launch();
      try {
        await this.#becomeReady(onRestart);
        this.#settleRestart(restarted);
        return;
      } catch (error) {
        if (this.#stopping) return;
        if (this.#takePurpose() !== undefined) continue;
        this.#failures += 1;
        const reason = (error instanceof Error ? error.message : String(error)).replace(/\.$/, '');
        log(`The ${name} did not start (${reason}). Next attempt in ${this.#pauseText()}.`);
        this.#settleRestart(restarted, error);
        await this.#pause();
      }
    }
  }

  #settleRestart(restarted: PromiseWithResolvers<void> | undefined, error?: unknown): void {
    if (restarted === undefined) return;
    if (this.#restarted === restarted) this.#restarted = undefined;
    if (error === undefined) restarted.resolve();
    else restarted.reject(error);
  }

  #takePurpose(): 'kill' | 'restart' | undefined {
    const purpose = this.#purpose;
    this.#purpose = undefined;
    return purpose;
  }

  get #pauseMs(): number {
    return (this.#options.backoffMs ?? backoffMs)(this.#failures);
  }

  #pauseText(): string {
    return `${this.#pauseMs / 1000} s`;
  }

  /** Waits before the next start; `stop` and `restart` cut it short. */
  #pause(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, this.#pauseMs);
      this.#endPause = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
