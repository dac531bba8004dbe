/**
 * A JSON server on 127.0.0.1 for the stand-ins of this machine: the token issuer and the ordering desk.
 * It promises that every request reaches one function as plain data and that `close` leaves no socket behind.
 * It knows nothing of tokens or orders.
 */
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface JsonRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  /** The parsed body; undefined when there is none or when it is no JSON. */
  readonly body: unknown;
}

export interface JsonAnswer {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body?: unknown;
}

/** `hang` never answers; `cut` closes the connection without a byte. */
export type Answer = JsonAnswer | 'hang' | 'cut';

export interface JsonServer {
  readonly port: number;
  readonly url: string;
  close(): Promise<void>;
}

const maxBodyBytes = 4 * 1024 * 1024;
// Longer than any pause of a client under test: a socket closed as it is reused looks like a fault nobody scripted.
const keepAliveMs = 120_000;

/** Serves until closed; port 0 takes a free one, a taken port rejects with `code` EADDRINUSE. */
export async function serveJson(
  port: number,
  handle: (request: JsonRequest) => Answer | Promise<Answer>,
): Promise<JsonServer> {
  const server = createServer((request, response) => {
    answer(request, response, handle).catch((error: unknown) => fail(response, error));
  });
  server.keepAliveTimeout = keepAliveMs;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', resolve);
  });
  const { port: taken } = server.address() as AddressInfo;
  return {
    port: taken,
    url: `http://127.0.0.1:${taken}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  handle: (request: JsonRequest) => Answer | Promise<Answer>,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://127.0.0.1');
  const reply = await handle({
    method: request.method ?? 'GET',
    path: url.pathname,
    query: url.searchParams,
    headers: request.headers,
    body: parse(await readBody(request)),
  });
  if (reply === 'hang') return;
  if (reply === 'cut') {
    request.socket.destroy();
    return;
  }
  send(response, reply);
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += (chunk as Buffer).length;
    if (bytes > maxBodyBytes) throw new Error(`The body is over ${maxBodyBytes} bytes.`);
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function send(response: ServerResponse, { status, headers, body }: JsonAnswer): void {
  if (body === undefined) {
    response.writeHead(status, headers).end();
    return;
  }
  const text = JSON.stringify(body);
  response
    .writeHead(status, {
      'Content-Type': 'application/json; charset=utf-8',
      'Content-Length': Buffer.byteLength(text),
      ...headers,
    })
    .end(text);
}

/** A fault of ours, or a caller that went away in the middle of its body: only the first can still be told. */
function fail(response: ServerResponse, error: unknown): void {
  if (response.headersSent || response.destroyed) return;
  send(response, { status: 500, body: { message: error instanceof Error ? error.message : String(error) } });
}
