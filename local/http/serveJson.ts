/**
 * A JSON server on 127.0.0.1 for the token issuer and the ordering desk. One handler receives every request as plain
 * data. `close` closes every socket.
 */
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

// Not an import: that reads every export of the module, and one of them loads Node's whole HTTP client, 0.1 s.
const { createServer } = process.getBuiltinModule('node:http');

export interface JsonRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  /** The parsed body, or `undefined` when it is missing or not JSON. */
  readonly body: unknown;
}

export interface JsonResponse {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body?: unknown;
}

/** A response; `hang` sends none, `cut` closes the connection without one. */
export type HandlerResult = JsonResponse | 'hang' | 'cut';

export interface JsonServer {
  readonly port: number;
  readonly url: string;
  close(): Promise<void>;
}

const maxBodyBytes = 4 * 1024 * 1024;
// Longer than any pause of a client under test: a socket that closes while it is reused looks like an unscripted failure.
const keepAliveMs = 120_000;

/** Serves until closed. Port 0 selects a free port. Rejects with code `EADDRINUSE` when the port is in use. */
export async function serveJson(
  port: number,
  handle: (request: JsonRequest) => HandlerResult | Promise<HandlerResult>,
): Promise<JsonServer> {
  const server = createServer((request, response) => {
    respond(request, response, handle).catch((error: unknown) => fail(response, error));
  });
  server.keepAliveTimeout = keepAliveMs;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', resolve);
  });
  const { port: boundPort } = server.address() as AddressInfo;
  return {
    port: boundPort,
    url: `http://127.0.0.1:${boundPort}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  handle: (request: JsonRequest) => HandlerResult | Promise<HandlerResult>,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://127.0.0.1');
  const result = await handle({
    method: request.method ?? 'GET',
    path: url.pathname,
    query: url.searchParams,
    headers: request.headers,
    body: parse(await readBody(request)),
  });
  if (result === 'hang') return;
  if (result === 'cut') {
    request.socket.destroy();
    return;
  }
  send(response, result);
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += (chunk as Buffer).length;
    if (bytes > maxBodyBytes) throw new Error(`The body exceeds ${maxBodyBytes} bytes.`);
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

function send(response: ServerResponse, { status, headers, body }: JsonResponse): void {
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

/** Responds with 500, unless the caller closed the connection or the response has started. */
function fail(response: ServerResponse, error: unknown): void {
  if (response.headersSent || response.destroyed) return;
  send(response, { status: 500, body: { message: error instanceof Error ? error.message : String(error) } });
}
