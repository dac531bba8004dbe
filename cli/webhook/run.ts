/** Runs `cartwright webhook receive` until it is interrupted. */
import { EXIT_CODES } from '../exitCodes.ts';
import type { Output } from '../terminal.ts';
import type { ReceiveRequest } from './command.ts';
import { receiveWebhooks } from './receive.ts';

/** Prints the deliveries; returns the exit code. Ctrl-C ends it normally. */
export async function runReceive(request: ReceiveRequest, out: Output): Promise<number> {
  const interrupted = new AbortController();
  process.once('SIGINT', () => interrupted.abort());
  await receiveWebhooks(request, out, {
    signal: interrupted.signal,
    onReady: (url) => process.stderr.write(`Waiting for webhooks at ${url}. Ctrl-C ends.\n`),
  });
  return EXIT_CODES.done.code;
}
