/**
 * The HTTP front of the host, on 127.0.0.1 only. It promises Azure's answers in the host's own name: 404 for no
 * route or a wrong method, 401 without the key, 413 above the body limit, 500 with an empty body for a handler
 * that failed, 503 while it shuts down. What a handler answers is passed on.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TraceContext } from '../worker/rpcTypes.ts';
import { type AdminOptions, serveAdmin } from './adminApi.ts';
import { hasMasterKey, needsKey } from './masterKey.ts';
import { readTarget } from './requestTarget.ts';
import { writeAnswer, writeStatus } from './response.ts';
import { createRouter, type RouteMatch } from './router.ts';
import { bodyLength, type Exchange, readBody, toHttpData } from './rpcRequest.ts';

export interface HttpFront {
  readonly port: number;
  /** Takes no new connection, and answers 503 on those there are. */
  drain(): void;
  /** Cuts what is still open. */
  close(): void;
}

export interface HttpOptions extends AdminOptions {
  readonly port: number;
  readonly bodyLimitBytes: number;
  readonly frontDoor: boolean;
  readonly homepage: boolean;
}

// What Kestrel takes in a Host header; anything else is 400 before routing.
const validHost = /^(?:\[[0-9a-f:.]+\]|[\w.~!$&'()*+,;=-]*)(?::\d{0,5})?$/i;
// Kestrel's own limits.
const limits = { maxHeaderSize: 32_768, keepAliveTimeout: 130_000 };
const homepage = '<!DOCTYPE html><html><body>Your local Functions host is up and running.</body></html>';

/** Listens; rejects with `code` EADDRINUSE when the port is taken. */
export async function serveHttp(options: HttpOptions): Promise<HttpFront> {
  const route = createRouter(options.functions.filter((one) => one.trigger === 'http'));
  let draining = false;
  const server = createServer(limits, (request, response) => {
    if (draining) {
      response.setHeader('connection', 'close');
      writeStatus(response, 503);
      return;
    }
    const work = options.work.track(serveRequest(request, response, route, options));
    // The client went away in the middle of its body: there is nobody to answer.
    work.catch(() => response.destroy());
  });
  await listen(server, options.port);
  return {
    port: (server.address() as AddressInfo).port,
    drain() {
      draining = true;
      server.close();
    },
    close() {
      server.closeAllConnections();
    },
  };
}

async function serveRequest(
  request: IncomingMessage,
  response: ServerResponse,
  route: ReturnType<typeof createRouter>,
  options: HttpOptions,
): Promise<void> {
  const target = readTarget(throughFrontDoor(request.url ?? '/', options));
  if (!target || !validHost.test(request.headers.host ?? '')) return writeStatus(response, 400);
  const exchange = { request, response, target };
  if (/^\/admin(?:\/|$)/i.test(target.path)) return serveAdmin(exchange, options);
  const match = route(request.method ?? '', target.path);
  if (match) return serveFunction(exchange, match, options);
  if (target.path === '/' && options.homepage) serveHomepage(response);
  else writeStatus(response, target.path === '/' ? 204 : 404);
}

/** Azure Front Door makes several slashes at the beginning of a path one; without it no route matches such a path. */
function throughFrontDoor(target: string, { frontDoor }: HttpOptions): string {
  return frontDoor ? target.replace(/^\/{2,}/, '/') : target;
}

async function serveFunction(exchange: Exchange, match: RouteMatch, options: HttpOptions): Promise<void> {
  const { request, response } = exchange;
  const refusal = refusalOf(exchange, match, options);
  if (refusal) return writeStatus(response, refusal);
  const http = toHttpData(exchange, match.parameters, await readBody(request));
  try {
    const input = { data: { http }, traceContext: traceContextOf(request) };
    const { returnValue } = await options.run(match.target, input);
    writeAnswer(response, returnValue);
  } catch {
    if (!response.headersSent) writeStatus(response, 500);
  }
}

// The order is Azure's: a disabled function still asks for its key, and hides the routes behind it.
function refusalOf(exchange: Exchange, { target }: RouteMatch, options: HttpOptions): number | undefined {
  const isAdmin = (needsKey(target) || target.disabled) && hasMasterKey(exchange, options.masterKey);
  if (needsKey(target) && !isAdmin) return 401;
  if (target.disabled && !isAdmin) return 404;
  return bodyLength(exchange.request) > options.bodyLimitBytes ? 413 : undefined;
}

function serveHomepage(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/html' }).end(homepage);
}

function traceContextOf({ headers }: IncomingMessage): TraceContext | undefined {
  const { traceparent, tracestate } = headers;
  if (typeof traceparent !== 'string') return undefined;
  return { traceParent: traceparent, traceState: String(tracestate ?? ''), attributes: {} };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
}
