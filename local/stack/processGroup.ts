/**
 * The processes of one stack, by name: started together or not at all, and stopped in order within four seconds.
 * It knows nothing of their purpose except that the host ends first, because it needs the others to finish its work.
 */
import { Refused } from '../../cli/refused.ts';
import { Supervised, type SuperviseOptions } from './supervise.ts';

export type ProcessName = 'azurite' | 'broker' | 'desk' | 'host';

/** A process to start: its name and its command. */
export type Member = Pick<SuperviseOptions, 'command'> & { readonly name: ProcessName };
/** Who receives what happens to the processes. */
export type GroupListener = Pick<SuperviseOptions, 'log' | 'onRestart'> & {
  onOutput(name: ProcessName, line: string): void;
};

const stopWithinMs = 4_000;
const hostGraceMs = 2_500;

export class ProcessGroup {
  readonly #members = new Map<ProcessName, Supervised>();
  readonly #listener: GroupListener;
  #stopping = false;

  constructor(listener: GroupListener) {
    this.#listener = listener;
  }

  /** Starts processes side by side; when one fails, throws Refused after the others have settled. */
  async start(...members: readonly Member[]): Promise<void> {
    const starts = await Promise.allSettled(members.map((member) => this.#startOne(member)));
    for (const start of starts) if (start.status === 'rejected') throw start.reason;
  }

  /** The process of that name; throws when this stack has none. */
  get(name: ProcessName): Supervised {
    const member = this.#members.get(name);
    if (member === undefined) throw new Error(`This stack has no ${name}.`);
    return member;
  }

  /** The pid and port of each process, as they are now; every one has to have started. */
  processes(): Record<string, { pid: number; port: number }> {
    return Object.fromEntries(
      [...this.#members].map(([name, { pid, ready }]) => [name, { pid, port: ready.port }] as const),
    );
  }

  /** Ends all of them, also those that are still starting, and lets no other start; takes 4 s at most. */
  async stop(): Promise<void> {
    this.#stopping = true;
    const began = performance.now();
    for (const member of this.#members.values()) member.release();
    await this.#members.get('host')?.stop(hostGraceMs);
    const graceMs = stopWithinMs - (performance.now() - began);
    await Promise.all([...this.#members.values()].map((member) => member.stop(graceMs)));
  }

  async #startOne({ name, command }: Member): Promise<void> {
    if (this.#stopping) throw new Refused('The stack was stopped while it was starting.');
    const { log, onRestart, onOutput } = this.#listener;
    const member = new Supervised({
      name,
      command,
      log,
      onRestart,
      onOutput: (line) => onOutput(name, line),
    });
    this.#members.set(name, member);
    try {
      await member.begin();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new Refused(
        this.#stopping
          ? 'The stack was stopped while it was starting.'
          : `The ${name} did not start: ${reason}`,
      );
    }
  }
}
