/**
 * When a command that runs a stack has to end: on SIGINT, SIGTERM or SIGHUP, and when the process that waits for it
 * ends (`ancestors.ts`). It ends within five seconds whatever happens: a stop that hangs is cut off.
 */
import { watchAncestors } from './ancestors.ts';

const endWithinMs = 4_500;

/** A signal that aborts when this process has to end; `log` receives one line with the reason. */
export function shutdownSignal(log: (line: string) => void): AbortSignal {
  const shutdown = new AbortController();
  const abort = (reason: string) => {
    if (shutdown.signal.aborted) return;
    log(`Stopping. ${reason}`);
    shutdown.abort();
    // The other processes of the stack end with this one.
    setTimeout(() => process.exit(1), endWithinMs).unref();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => abort(`Received ${signal}.`));
  }
  watchAncestors(abort);
  return shutdown.signal;
}
