/**
 * The host's HTTP server, on 127.0.0.1 only. Guarantees the responses of the Azure host itself: Kestrel's rejections,
 * 404 for an unknown route or method, 401 without the key, 500 with an empty body for a failed handler and for a
 * request body above the limit, 503 during shutdown.
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { errorMessage } from '../startupError.ts';
import type { TraceContext } from '../worker/rpcTypes.ts';
import { type AdminApiOptions, handleAdminRequest } from './adminApi.ts';
import { hasMasterKey, requiresKey } from './masterKey.ts';
import { checkRequest, serverOptions } from './requestLimits.ts';
import { writeFunctionResponse, writeStatus } from './response.ts';
import { createRouter, type RouteMatch } from './router.ts';
import { contentLength, type Exchange, readBody, toRpcHttp } from './rpcRequest.ts';

// Not an import: that reads every export of the module, and one of them loads Node's whole HTTP client, 0.1 s.
const { createServer } = process.getBuiltinModule('node:http');

export interface HttpServer {
  readonly port: number;
  /** Accepts no new connection, and responds with 503 on open ones. */
  drain(): void;
  /** Closes the open connections. */
  close(): void;
}

export interface HttpServerOptions extends AdminApiOptions {
  readonly port: number;
  readonly maxBodyBytes: number;
  readonly frontDoor: boolean;
  readonly homepage: boolean;
  readonly log: (line: string) => void;
}

const homepage = '<!DOCTYPE html><html><body>Your local Functions host is up and running.</body></html>';

/** Starts the server; rejects with `code` EADDRINUSE when the port is in use. */
export async function startHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const route = createRouter(options.functions.filter((candidate) => candidate.trigger === 'http'));
  let draining = false;
  const server = createServer(serverOptions, (request, response) => {
    if (draining) {
      rejectRequest(response, 503);
      return;
    }
    const handled = options.inFlight.track(handleRequest(request, response, route, options));
    // The client disconnected before the end of its body, so no response can be sent.
    handled.catch(() => response.destroy());
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

async function handleRequest(
  request: IncomingMessage,
  response: ServerResponse,
  route: ReturnType<typeof createRouter>,
  options: HttpServerOptions,
): Promise<void> {
  const target = checkRequest(request, throughFrontDoor(request.url ?? '/', options));
  if (typeof target === 'number') return rejectRequest(response, target);
  const exchange = { request, response, target };
  if (/^\/admin(?:\/|$)/i.test(target.path)) return handleAdminRequest(exchange, options);
  const match = route(request.method ?? '', target.path);
  if (match) return callFunction(exchange, match, options);
  if (target.path === '/' && options.homepage) serveHomepage(response);
  else writeStatus(response, target.path === '/' ? 204 : 404);
}

/** Azure Front Door merges several slashes at the beginning of a path; without it, no route matches such a path. */
function throughFrontDoor(target: string, { frontDoor }: HttpServerOptions): string {
  return frontDoor ? target.replace(/^\/{2,}/, '/') : target;
}

/** Rejects a request as Kestrel does: without a body, and with the end of the connection. */
function rejectRequest(response: ServerResponse, status: number): void {
  response.setHeader('connection', 'close');
  writeStatus(response, status);
}

async function callFunction(
  exchange: Exchange,
  match: RouteMatch,
  options: HttpServerOptions,
): Promise<void> {
  const { request, response } = exchange;
  const rejection = findRejection(exchange, match, options);
  if (rejection) return writeStatus(response, rejection);
  if (contentLength(request) > options.maxBodyBytes) {
    options.log(
      `The function '${match.target.name}' failed: The request body exceeds ${options.maxBodyBytes} bytes.`,
    );
    return writeStatus(response, 500);
  }
  const http = toRpcHttp(exchange, match.parameters, await readBody(request));
  const input = { data: { http }, traceContext: readTraceContext(request) };
  const invoked = await options.invoke(match.target, input).catch(() => undefined);
  if (!invoked) return writeStatus(response, 500);
  try {
    writeFunctionResponse(response, invoked.returnValue);
  } catch (error) {
    options.log(`The response of the function '${match.target.name}' is invalid: ${errorMessage(error)}`);
    if (!response.headersSent) writeStatus(response, 500);
  }
}

// Azure's order: a disabled function still requires its key, and still hides later routes.
function findRejection(
  exchange: Exchange,
  { target }: RouteMatch,
  options: HttpServerOptions,
): number | undefined {
  const isAdmin = (requiresKey(target) || target.disabled) && hasMasterKey(exchange, options.masterKey);
  if (requiresKey(target) && !isAdmin) return 401;
  if (target.disabled && !isAdmin) return 404;
  return undefined;
}

function serveHomepage(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/html' }).end(homepage);
}

function readTraceContext({ headers }: IncomingMessage): TraceContext | undefined {
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
