/** The log: one line of JSON a message, with the ids of what it is about; never bodies, tokens or names. */
import type { InvocationContext } from '@azure/functions';
import type { Log } from './ports.ts';

/** A log that writes through an invocation's own, each line with these ids. */
export function jsonLogger(
  context: Pick<InvocationContext, 'info' | 'warn' | 'error'>,
  ids: Record<string, string> = {},
): Log {
  const line = (message: string, about: Record<string, unknown> = {}) =>
    JSON.stringify({ message, ...ids, ...about });
  return {
    info: (what, about) => context.info(line(what, about)),
    warn: (what, about) => context.warn(line(what, about)),
    error: (what, about) => context.error(line(what, about)),
  };
}
