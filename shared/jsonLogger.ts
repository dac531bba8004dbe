/**
 * The log: one line of JSON for each message, with the ids of what it is about and of the trace; never bodies, tokens or
 * names. The Functions host sends the lines on, with the operation of the invocation.
 */
import type { InvocationContext } from '@azure/functions';
import type { Log } from './ports.ts';
import { currentSpanContext } from './telemetry/traceContext.ts';

/** A log that writes through an invocation's own, each line with these ids. */
export function jsonLogger(
  context: Pick<InvocationContext, 'info' | 'warn' | 'error'>,
  ids: Record<string, string> = {},
): Log {
  const line = (message: string, about: Record<string, unknown> = {}) =>
    JSON.stringify({ message, ...ids, ...about, traceId: currentSpanContext()?.traceId });
  return {
    info: (what, about) => context.info(line(what, about)),
    warn: (what, about) => context.warn(line(what, about)),
    error: (what, about) => context.error(line(what, about)),
  };
}

/** An unexpected error with its stack. The message of a SyntaxError quotes the text that could not be parsed, and is left out. */
export function errorText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const stack = error.stack ?? String(error);
  return error instanceof SyntaxError ? stack.replace(error.message, 'invalid syntax') : stack;
}
