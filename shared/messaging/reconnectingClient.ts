/**
 * A connection that can be relied on to answer within a bound, or to say that it did not. The SDK repairs a
 * connection that breaks, but one that dies while it opens can stall for a minute, and whoever comes after
 * waits behind it: so a connection that has not answered is left alone, and the next call opens another.
 */
import { withTimeout } from '../timeouts.ts';

export interface ReconnectingClient<Connection> {
  /** Runs an operation on the connection, opening one if there is none. Throws within the bound. */
  run<Result>(operation: (connection: Connection) => Promise<Result>): Promise<Result>;
  /** Ends the connection, if there is one; waits for its goodbye no longer than the bound. */
  close(): Promise<void>;
}

export interface ReconnectOptions<Connection> {
  open: () => Promise<Connection>;
  /** Longest time from call to outcome, opening included, in milliseconds. */
  timeoutMs: number;
  /** Whether an error is the other side's answer, so that the connection is sound. */
  isAnswer: (error: unknown) => boolean;
}

interface Opened<Connection> {
  connection: Promise<Connection>;
  calls: number;
}

/** A line with one connection at a time, opened on first use. */
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
        // Others may still get their answer on a connection that has been left.
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

/** Closing says goodbye, which may fail or hang as everything else; nobody waits for that. */
async function closeQuietly({ connection }: Opened<{ close(): Promise<void> }>): Promise<void> {
  await connection.then((opened) => opened.close()).catch(() => undefined);
}
