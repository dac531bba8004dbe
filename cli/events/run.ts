/** Runs `cartwright events listen` until it is interrupted. */
import { EXIT_CODES } from '../exitCodes.ts';
import type { Output } from '../terminal.ts';
import type { EventsRequest } from './command.ts';
import { listen } from './listen.ts';

/** Prints the events; returns the exit code. Ctrl-C ends it normally. */
export async function runEvents(request: EventsRequest, out: Output): Promise<number> {
  const interrupted = new AbortController();
  process.once('SIGINT', () => interrupted.abort());
  await listen(request, out, interrupted.signal);
  return EXIT_CODES.done.code;
}
