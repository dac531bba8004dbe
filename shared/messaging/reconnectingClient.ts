/**
 * A client whose calls succeed or fail within a timeout. The SDK repairs a connection that breaks, but one that fails
 * while it opens can stall for a minute, with all later calls behind it. So a connection that did not respond in time is
 * abandoned, and the next call opens another.
 */
import { withTimeout } from '../timeouts.ts';

export interface ReconnectingClient<Connection> {
  /** Runs an operation on the connection, opening one if there is none. Throws within the bound. */
  run<Result>(operation: (connection: Connection) => Promise<Result>): Promise<Result>;
  /** Closes the connection, if there is one, within the timeout. */
  close(): Promise<void>;
}

export interface ReconnectOptions<Connection> {
  open: () => Promise<Connection>;
  /** Longest time from call to outcome, opening included, in milliseconds. */
  timeoutMs: number;
  /** Whether the other side returned this error, so that the connection works. */
  isAnswer: (error: unknown) => boolean;
}

interface Opened<Connection> {
  connection: Promise<Connection>;
  calls: number;
}

/** A client with one connection at a time, opened on first use. */
export function reconnectingClient<Connection extends { close(): Promise<void> }>({
  open,
  timeoutMs,
  isAnswer,
}: ReconnectOptions<Connection>): ReconnectingClient<Connection> {
  let current: Opened<Connection> | undefined;

  return {
    async run(operation) {
      current ??= { connection: open(), calls: 0 };
      const used = current;
      used.calls++;
      try {
        return await withTimeout(timeoutMs, used.connection.then(operation));
      } catch (error) {
        if (current === used && !isAnswer(error)) current = undefined;
        throw error;
      } finally {
        used.calls--;
        // Other calls may still end on an abandoned connection.
        if (current !== used && used.calls === 0) void closeQuietly(used);
      }
    },
    async close() {
      const last = current;
      current = undefined;
      if (last) await withTimeout(timeoutMs, closeQuietly(last)).catch(() => undefined);
    },
  };
}

/** Closing sends a message, which may fail or hang: no call waits for it. */
async function closeQuietly({ connection }: Opened<{ close(): Promise<void> }>): Promise<void> {
  await connection.then((opened) => opened.close()).catch(() => undefined);
}
