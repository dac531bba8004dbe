/**
 * How a process of the local stack behaves, whatever it serves: it says when it is ready or why it is not, answers
 * questions, ends on SIGTERM and with the supervisor's end, and leaves Ctrl-C to the supervisor.
 * Run by hand, without a supervisor, it prints what it would have said.
 */

export interface Served {
  /** What the supervisor is told: the port, and whatever else it needs to know. */
  readonly ready: { readonly port: number } & Record<string, unknown>;
  /** Answers a question of the supervisor; a throw is passed on as a sentence. */
  answer?(question: unknown): unknown;
  close(): Promise<void>;
}

interface Asked {
  readonly kind: 'ask';
  readonly id: number;
  readonly question: unknown;
}

// No end waits for ever for a client that does not let go.
const endWithinMs = 3_000;

/** Starts what the process is for and stays until it is told to end; a failed start ends it with exit code 1. */
export async function runEntry(start: () => Promise<Served>): Promise<void> {
  process.on('SIGINT', () => undefined);
  try {
    const served = await start();
    const end = () => {
      setTimeout(() => process.exit(1), endWithinMs);
      void served.close().finally(() => process.exit(0));
    };
    process.once('SIGTERM', end).once('disconnect', end);
    process.on('message', (message: Asked) => void answer(message, served));
    await tell({ kind: 'ready', ...served.ready });
  } catch (error) {
    await tell({ kind: 'failed', reason: sentenceOf(error) });
    process.exit(1);
  }
}

async function answer({ kind, id, question }: Asked, served: Served): Promise<void> {
  if (kind !== 'ask') return;
  try {
    await tell({ kind: 'answer', id, value: await served.answer?.(question) });
  } catch (error) {
    await tell({ kind: 'answer', id, error: sentenceOf(error) });
  }
}

function tell(message: object): Promise<void> {
  if (process.send === undefined) {
    console.log(JSON.stringify(message));
    return Promise.resolve();
  }
  // A supervisor that is gone does not hear it, and `disconnect` ends the process.
  return new Promise((resolve) => process.send?.(message, undefined, undefined, () => resolve()));
}

/** The sentence in an error; a taken port is named. */
export function sentenceOf(error: unknown): string {
  const { code, port, message } = error as NodeJS.ErrnoException & { port?: number };
  if (code === 'EADDRINUSE') return `Port ${port} of 127.0.0.1 is taken.`;
  return message ?? String(error);
}
