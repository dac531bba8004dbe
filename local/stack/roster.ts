/**
 * Which processes the stack has, by name: started together or not at all, stopped in order within five seconds.
 * It does not know what they are for, only that the host goes first, because it needs the others to finish its work.
 */
import { Refused } from '../../cli/refused.ts';
import { type KeepOptions, type Kept, keep } from './keep.ts';

export type ProcessName = 'azurite' | 'broker' | 'desk' | 'host';

/** A process to start: its name and how. */
export type Starting = Pick<KeepOptions, 'command'> & { readonly name: ProcessName };
/** Who hears of what happens to the processes. */
export type Listening = Pick<KeepOptions, 'say' | 'onRestart' | 'onGiveUp'> & {
  onOutput(name: ProcessName, line: string): void;
};

const stopWithinMs = 4_500;
const hostGraceMs = 3_000;

export class Roster {
  readonly #kept = new Map<ProcessName, Kept>();
  readonly #listening: Listening;

  constructor(listening: Listening) {
    this.#listening = listening;
  }

  /** Starts processes side by side; when one fails, throws Refused after the others have settled. */
  async start(...starting: readonly Starting[]): Promise<void> {
    const starts = await Promise.allSettled(starting.map((one) => this.#startOne(one)));
    for (const start of starts) if (start.status === 'rejected') throw start.reason;
  }

  /** The process of that name; throws when this stack has none. */
  get(name: ProcessName): Kept {
    const kept = this.#kept.get(name);
    if (kept === undefined) throw new Error(`This stack has no ${name}.`);
    return kept;
  }

  /** The pid and port of each process, as they are now. */
  processes(): Record<string, { pid: number; port: number }> {
    return Object.fromEntries(
      [...this.#kept].map(([name, { pid, ready }]) => [name, { pid, port: ready.port }] as const),
    );
  }

  /** Ends them all; whatever does not end by itself is killed, so that this takes five seconds at most. */
  async stop(): Promise<void> {
    const began = performance.now();
    await this.#kept.get('host')?.stop(hostGraceMs);
    const graceMs = stopWithinMs - (performance.now() - began);
    const others = [...this.#kept].filter(([name]) => name !== 'host');
    await Promise.all(others.map(([, kept]) => kept.stop(graceMs)));
  }

  async #startOne({ name, command }: Starting): Promise<void> {
    const { say, onOutput, onRestart, onGiveUp } = this.#listening;
    try {
      const hear = (line: string) => onOutput(name, line);
      const kept = await keep({ name, command, say, onRestart, onGiveUp, onOutput: hear });
      this.#kept.set(name, kept);
    } catch (error) {
      throw new Refused(
        `The ${name} did not start: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
  }
}
