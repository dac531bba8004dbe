/** A receiver of webhooks on this machine: verifies each delivery, prints it, and responds. It consents to the CloudEvents handshake. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { signatureProblem } from '../../shared/webhooks/signature.ts';
import { Refused } from '../refused.ts';
import { type Output, printable } from '../terminal.ts';
import type { ReceiveRequest } from './command.ts';

const MAX_BODY_BYTES = 1_048_576;

/** Receives until the given number of deliveries has arrived or the signal aborts. `onReady` gets the URL. */
export async function receiveWebhooks(
  request: ReceiveRequest,
  out: Output,
  { signal, onReady }: { signal: AbortSignal; onReady?: (url: string) => void },
): Promise<void> {
  const { promise: ended, resolve: end } = Promise.withResolvers<void>();
  let received = 0;
  const server = createServer(async (incoming, response) => {
    if (incoming.method === 'OPTIONS') {
      const origin = String(incoming.headers['webhook-request-origin'] ?? '*');
      response.writeHead(200, { 'WebHook-Allowed-Origin': origin, 'WebHook-Allowed-Rate': '*' }).end();
      return;
    }
    const body = await bodyOf(incoming);
    if (incoming.method !== 'POST' || body === undefined) {
      response.writeHead(body === undefined ? 413 : 404).end();
      return;
    }
    const headers = incoming.headers as Record<string, string | undefined>;
    const problem = request.secret === undefined ? undefined : problemOf(headers, body, request.secret);
    out.line(
      request.json ? jsonLine(headers, body, problem) : printable(textLine(headers, body, problem, request)),
    );
    response.writeHead(problem === undefined ? request.status : 401).end();
    // What can no longer be printed, as behind `head -1`, must not be received any more.
    const isLast = ++received === request.count || (await out.failure()) !== undefined;
    if (isLast) whenSent(response, end);
  });
  signal.addEventListener('abort', () => end(), { once: true });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(new Refused(`The port cannot be used: ${error.message}.`)));
    server.listen(request.port, '127.0.0.1', resolve);
  });
  onReady?.(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  await ended;
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}

function whenSent(response: ServerResponse, act: () => void): void {
  if (response.closed) act();
  else response.once('close', act);
}

const problemOf = (headers: Record<string, string | undefined>, body: string, secret: string) =>
  signatureProblem(headers, body, { secret, nowS: Math.floor(Date.now() / 1_000) });

/** The body; `undefined` when it is larger than a webhook can be. */
async function bodyOf(incoming: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

const jsonLine = (headers: Record<string, string | undefined>, body: string, problem: string | undefined) =>
  JSON.stringify({
    id: headers['webhook-id'],
    ...(problem === undefined ? {} : { problem }),
    body,
  });

function textLine(
  headers: Record<string, string | undefined>,
  body: string,
  problem: string | undefined,
  { secret }: ReceiveRequest,
): string {
  const verdict = problem ?? (secret === undefined ? 'not verified' : 'signature verified');
  return `${new Date().toISOString()}  ${headers['webhook-id'] ?? 'no id'}  ${verdict}\n  ${body}`;
}
