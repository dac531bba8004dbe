/**
 * What every process of the stack does, whatever it serves: it reports when it is ready or why it is not, answers
 * requests of the supervisor, ends on SIGTERM and when the supervisor ends, also while it is still starting, and
 * leaves Ctrl-C to the supervisor. Run by hand, without a supervisor, it prints what it would report.
 */

export interface Served {
  /** What the supervisor needs to know: the port, and any other detail. */
  readonly ready: { readonly port: number } & Record<string, unknown>;
  /** Answers a request of the supervisor; the message of an error is passed on. */
  answer?(question: unknown): unknown;
  close(): Promise<void>;
}

interface Request {
  readonly kind: 'ask';
  readonly id: number;
  readonly question: unknown;
}

// A client that keeps its connection open must not delay the end.
const closeWithinMs = 3_000;

/** Starts the service and keeps it running until it is asked to end; a failed start ends with exit code 1. */
export async function runChild(start: () => Promise<Served>): Promise<void> {
  let starting: Promise<Served> | undefined;
  const end = () => {
    setTimeout(() => process.exit(1), closeWithinMs);
    void starting?.then((served) => served.close()).finally(() => process.exit(0));
  };
  process.on('SIGINT', () => undefined);
  process.once('SIGTERM', end).once('disconnect', end);
  try {
    starting = start();
    const served = await starting;
    process.on('message', (message: Request) => void answer(message, served));
    await report({ kind: 'ready', ...served.ready });
  } catch (error) {
    await report({ kind: 'failed', reason: errorMessage(error) });
    process.exit(1);
  }
}

async function answer({ kind, id, question }: Request, served: Served): Promise<void> {
  if (kind !== 'ask') return;
  try {
    await report({ kind: 'answer', id, value: await served.answer?.(question) });
  } catch (error) {
    await report({ kind: 'answer', id, error: errorMessage(error) });
  }
}

function report(message: object): Promise<void> {
  if (process.send === undefined) {
    console.log(JSON.stringify(message));
    return Promise.resolve();
  }
  // When the supervisor has ended, the send fails and `disconnect` ends this process.
  return new Promise((resolve) => process.send?.(message, undefined, undefined, () => resolve()));
}

/** The message of an error; a port in use is named. */
function errorMessage(error: unknown): string {
  const { code, port, message } = error as NodeJS.ErrnoException & { port?: number };
  if (code === 'EADDRINUSE') return `Port ${port} of 127.0.0.1 is already in use.`;
  return message ?? String(error);
}
