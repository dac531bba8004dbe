/**
 * The ordering desk: a fake of Partner Center's order API, and of as much of its product, customer and subscription API
 * as a storefront needs beside it ("ordering desk" is its name throughout this repository). A script (`script.ts`) makes it fail on demand. Its ledger file records every order independently of the service under
 * test, with which it shares no code and no types; tests use the ledger as evidence that no order is lost or duplicated.
 */
import { randomUUID } from 'node:crypto';
import {
  type HandlerResult,
  type JsonRequest,
  type JsonResponse,
  type JsonServer,
  serveJson,
} from '../http/serveJson.ts';
import { bearerCheck } from './bearer.ts';
import { errorResponse, scriptedError } from './errorResponse.ts';
import { orderRequest } from './order.ts';
import { type OrderBook, openOrderBook } from './orderBook.ts';
import { link } from './products.ts';
import { serveResource } from './resources.ts';
import { playScript, type RequestFacts, type Script, scriptRequest } from './script.ts';

export interface DeskOptions {
  readonly port?: number;
  /** JSON lines, one per order. Orders that the file contains at start are loaded. */
  readonly ledgerFile: string;
  /** The key set for bearer tokens. Without it, callers are not authenticated. */
  readonly jwksUrl?: string;
  /** The clock, in epoch milliseconds. Default: the system clock. */
  readonly nowMs?: () => number;
}

export interface Desk {
  readonly port: number;
  readonly url: string;
  close(): Promise<void>;
}

/** A recorded request, as GET /desk/requests returns it. */
export interface SeenRequest {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly method: string;
  readonly path: string;
  readonly requestId: string;
  readonly customer: string;
  readonly billingCycle: string | undefined;
  readonly offers: readonly string[];
  /**
   * `created`, `repeated`, `listed`, `found`, `notFound`, `invalid`, `unauthorized`, the status code of a scripted
   * error or of a request that is not about orders, or the scripted behavior (`hang`, `cutBefore`, `acceptThenCut`, `acceptThenHang`).
   */
  outcome: string;
}

interface State {
  readonly book: OrderBook;
  readonly isCaller: (authorization: string | undefined) => Promise<boolean>;
  readonly nowMs: () => number;
  /** The script of each scope. The default scope, '', also has the desk's settings. */
  scripts: Map<string, Script>;
  seen: SeenRequest[];
}

const ordersPath = /^\/v1\/customers\/(?<customer>[^/]+)\/orders(?:\/(?<orderId>[^/]+))?\/?$/i;

/** Starts the desk on 127.0.0.1. Rejects when the port is in use or the ledger cannot be written. */
export async function startDesk({
  port = 0,
  ledgerFile,
  jwksUrl,
  nowMs = Date.now,
}: DeskOptions): Promise<Desk> {
  const book = await openOrderBook(ledgerFile, nowMs);
  const isCaller = jwksUrl === undefined ? async () => true : bearerCheck(jwksUrl);
  const state: State = { book, isCaller, nowMs, scripts: new Map([['', playScript()]]), seen: [] };
  const server = await serveJson(port, (request) => handle(request, state)).catch(async (error: unknown) => {
    await book.close();
    throw error;
  });
  return { port: server.port, url: server.url, close: () => close(server, book) };
}

async function close(server: JsonServer, book: OrderBook): Promise<void> {
  await server.close();
  await book.close();
}

async function handle(request: JsonRequest, state: State): Promise<HandlerResult> {
  if (request.path.startsWith('/desk/')) return control(request, state);
  const { customer, orderId } = ordersPath.exec(request.path)?.groups ?? {};
  const seen = record(request, customer?.toLowerCase() ?? '');
  state.seen.push(seen);
  if (!(await state.isCaller(request.headers.authorization))) {
    seen.outcome = 'unauthorized';
    return {
      ...errorResponse(401, '400', 'Access denied'),
      headers: { 'WWW-Authenticate': 'Bearer error="invalid_token"' },
    };
  }
  if (customer === undefined || request.method === 'PATCH') return serveOther(request, state, seen);
  // Lazy, so that one request uses up one rule of one scope.
  const scripted = state.scripts
    .values()
    .map((script) => script.take(seen))
    .find((answer) => answer !== undefined);
  if (typeof scripted === 'object') {
    seen.outcome = String(scripted.status);
    return scriptedError(scripted);
  }
  if (scripted === 'hang' || scripted === 'cutBefore') {
    seen.outcome = scripted;
    return scripted === 'hang' ? 'hang' : 'cut';
  }
  const response = withIds(await serve(request, state, seen, orderId), request, seen);
  if (scripted === undefined) return response;
  seen.outcome = scripted;
  return scripted === 'acceptThenHang' ? 'hang' : 'cut';
}

/** Serves what is not placing, listing or reading an order. The script does not apply to it. */
async function serveOther(request: JsonRequest, { book }: State, seen: SeenRequest): Promise<JsonResponse> {
  const ordersOf = async (of: string) => (await book.ordersOf(of)).map(({ order }) => order);
  const response =
    (await serveResource(request, ordersOf)) ??
    errorResponse(404, '1000', `The resource ${request.path} does not exist.`);
  seen.outcome = String(response.status);
  return withIds(response, request, seen);
}

/**
 * The control endpoints below `/desk/`: the script and the recorded requests. `?scope=NAME` selects a script whose rules
 * apply next to those of other scopes, so that clients that share the desk do not replace each other's rules.
 */
function control({ method, path, query, body }: JsonRequest, state: State): JsonResponse {
  const scope = query.get('scope') ?? '';
  switch (`${method} ${path}`) {
    case 'POST /desk/script': {
      const parsed = scriptRequest.safeParse(body);
      if (!parsed.success) return errorResponse(400, '800002', parsed.error.message);
      state.scripts.set(scope, playScript(parsed.data));
      return { status: 204 };
    }
    case 'DELETE /desk/script':
      state.scripts.set(scope, playScript());
      return { status: 204 };
    case 'GET /desk/requests':
      return { status: 200, body: state.seen };
    case 'DELETE /desk/requests':
      state.seen = [];
      return { status: 204 };
    default:
      return errorResponse(404, '1000', `The resource ${method} ${path} does not exist.`);
  }
}

async function serve(
  request: JsonRequest,
  state: State,
  seen: SeenRequest,
  orderId?: string,
): Promise<JsonResponse> {
  if (request.method === 'POST' && orderId === undefined) return place(request, state, seen);
  if (request.method !== 'GET') {
    seen.outcome = 'invalid';
    return errorResponse(405, '1000', `${request.path} does not support ${request.method}.`);
  }
  const orders = await state.book.ordersOf(seen.customer);
  if (orderId === undefined) {
    seen.outcome = 'listed';
    const listedUntilMs = state.nowMs() - settingsOf(state).listDelaySeconds * 1_000;
    const items = orders.filter(({ at }) => at <= listedUntilMs).map(({ order }) => order);
    return {
      status: 200,
      body: {
        totalCount: items.length,
        items,
        links: { self: link(`/customers/${seen.customer}/orders`) },
        attributes: { objectType: 'Collection' },
      },
    };
  }
  const order = orders.map(({ order }) => order).find(({ id }) => id === orderId.toLowerCase());
  seen.outcome = order === undefined ? 'notFound' : 'found';
  return order === undefined
    ? errorResponse(404, '20000', 'Order ID not found.')
    : { status: 200, body: order };
}

async function place({ body }: JsonRequest, state: State, seen: SeenRequest): Promise<JsonResponse> {
  const parsed = orderRequest.safeParse(body);
  if (!parsed.success) {
    seen.outcome = 'invalid';
    return errorResponse(400, '800002', parsed.error.message);
  }
  const { customer, requestId } = seen;
  const { externalReference: _, ...unreferenced } = parsed.data;
  const { echo, idempotency } = settingsOf(state);
  const request = echo ? parsed.data : unreferenced;
  const { order, repeated } = await state.book.place({ customer, requestId, request, idempotency });
  seen.outcome = repeated ? 'repeated' : 'created';
  return { status: 201, body: order };
}

function settingsOf({ scripts }: State): Script {
  return scripts.get('') ?? playScript();
}

function record({ method, path, headers, body }: JsonRequest, customer: string): SeenRequest & RequestFacts {
  const parsed = orderRequest.safeParse(body);
  return {
    at: Date.now(),
    method,
    path,
    requestId: String(headers['ms-requestid'] ?? randomUUID()),
    customer,
    billingCycle: parsed.data?.billingCycle,
    offers: parsed.data?.lineItems.map(({ offerId }) => offerId) ?? [],
    outcome: 'pending',
  };
}

function withIds(response: JsonResponse, { headers }: JsonRequest, { requestId }: SeenRequest): JsonResponse {
  const correlationId = String(headers['ms-correlationid'] ?? randomUUID());
  return {
    ...response,
    headers: { ...response.headers, 'MS-RequestId': requestId, 'MS-CorrelationId': correlationId },
  };
}
