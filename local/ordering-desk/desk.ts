/**
 * A scripted ordering desk: the part of Partner Center that turns an order request into an order, with a ledger of
 * its own, so that it can bear witness against the service under test. It does what its script says (`script.ts`)
 * and tells what it has seen; it shares nothing with the service, not even a type.
 */
import { randomUUID } from 'node:crypto';
import {
  type Answer,
  type JsonAnswer,
  type JsonRequest,
  type JsonServer,
  serveJson,
} from '../http/serveJson.ts';
import { bearerCheck } from './bearer.ts';
import { fault, refuse } from './fault.ts';
import { orderRequest } from './order.ts';
import { type OrderBook, openOrderBook } from './orderBook.ts';
import { playScript, type Script, type Sight, scriptRequest } from './script.ts';

export interface DeskOptions {
  readonly port?: number;
  /** JSON lines, one for every order made; orders that stand there are known again. */
  readonly ledgerFile: string;
  /** Where the keys of accepted tokens are; without it every caller is served. */
  readonly jwksUrl?: string;
  /** Unix time in milliseconds: the real one unless a test has its own. */
  readonly nowMs?: () => number;
}

export interface Desk {
  readonly port: number;
  readonly url: string;
  close(): Promise<void>;
}

/** One request as the desk saw it, in GET /desk/requests. */
export interface SeenRequest {
  /** When it came in: Unix time in milliseconds. */
  readonly at: number;
  readonly method: string;
  readonly path: string;
  readonly requestId: string;
  readonly customer: string;
  readonly billingCycle: string | undefined;
  readonly offers: readonly string[];
  /**
   * `created`, `repeated`, `listed`, `found`, `notFound`, `invalid`, `unauthorized`, the status of a scripted
   * refusal, or the word of the script that was played.
   */
  outcome: string;
}

interface State {
  readonly book: OrderBook;
  readonly isCaller: (authorization: string | undefined) => Promise<boolean>;
  readonly nowMs: () => number;
  script: Script;
  seen: SeenRequest[];
}

const ordersPath = /^\/v1\/customers\/(?<customer>[^/]+)\/orders(?:\/(?<orderId>[^/]+))?\/?$/i;

/** Starts the desk; rejects when the port is taken or the ledger cannot be written. */
export async function startDesk({
  port = 0,
  ledgerFile,
  jwksUrl,
  nowMs = Date.now,
}: DeskOptions): Promise<Desk> {
  const book = await openOrderBook(ledgerFile, nowMs);
  const isCaller = jwksUrl === undefined ? async () => true : bearerCheck(jwksUrl);
  const state: State = { book, isCaller, nowMs, script: playScript(), seen: [] };
  const server = await serveJson(port, (request) => answer(request, state)).catch(async (error: unknown) => {
    await book.close();
    throw error;
  });
  return { port: server.port, url: server.url, close: () => close(server, book) };
}

async function close(server: JsonServer, book: OrderBook): Promise<void> {
  await server.close();
  await book.close();
}

async function answer(request: JsonRequest, state: State): Promise<Answer> {
  if (request.path.startsWith('/desk/')) return direct(request, state);
  const { customer, orderId } = ordersPath.exec(request.path)?.groups ?? {};
  if (customer === undefined) return fault(404, '1000', `There is no ${request.path} here.`);

  const seen = see(request, customer.toLowerCase());
  state.seen.push(seen);
  if (!(await state.isCaller(request.headers.authorization))) {
    seen.outcome = 'unauthorized';
    return {
      ...fault(401, '400', 'Access denied'),
      headers: { 'WWW-Authenticate': 'Bearer error="invalid_token"' },
    };
  }
  const scripted = state.script.take(seen);
  if (typeof scripted === 'object') {
    seen.outcome = String(scripted.status);
    return refuse(scripted);
  }
  if (scripted === 'hang' || scripted === 'cutBefore') {
    seen.outcome = scripted;
    return scripted === 'hang' ? 'hang' : 'cut';
  }
  const done = withIds(await work(request, state, seen, orderId), request, seen);
  if (scripted === undefined) return done;
  seen.outcome = scripted;
  return scripted === 'acceptThenHang' ? 'hang' : 'cut';
}

/** The desk's own doors: the script, and what it has seen. */
function direct({ method, path, body }: JsonRequest, state: State): JsonAnswer {
  switch (`${method} ${path}`) {
    case 'POST /desk/script': {
      const parsed = scriptRequest.safeParse(body);
      if (!parsed.success) return fault(400, '800002', parsed.error.message);
      state.script = playScript(parsed.data);
      return { status: 204 };
    }
    case 'DELETE /desk/script':
      state.script = playScript();
      return { status: 204 };
    case 'GET /desk/requests':
      return { status: 200, body: state.seen };
    case 'DELETE /desk/requests':
      state.seen = [];
      return { status: 204 };
    default:
      return fault(404, '1000', `There is no ${method} ${path} here.`);
  }
}

async function work(
  request: JsonRequest,
  state: State,
  seen: SeenRequest,
  orderId?: string,
): Promise<JsonAnswer> {
  if (request.method === 'POST' && orderId === undefined) return place(request, state, seen);
  if (request.method !== 'GET') {
    seen.outcome = 'invalid';
    return fault(405, '1000', `${request.method} is not for ${request.path}.`);
  }
  const made = await state.book.of(seen.customer);
  if (orderId === undefined) {
    seen.outcome = 'listed';
    const listedMs = state.nowMs() - state.script.listDelaySeconds * 1_000;
    const items = made.filter(({ at }) => at <= listedMs).map(({ order }) => order);
    return {
      status: 200,
      body: { totalCount: items.length, items, attributes: { objectType: 'Collection' } },
    };
  }
  const order = made.map(({ order }) => order).find(({ id }) => id === orderId.toLowerCase());
  seen.outcome = order === undefined ? 'notFound' : 'found';
  return order === undefined ? fault(404, '20000', 'Order ID not found.') : { status: 200, body: order };
}

async function place({ body }: JsonRequest, { book, script }: State, seen: SeenRequest): Promise<JsonAnswer> {
  const parsed = orderRequest.safeParse(body);
  if (!parsed.success) {
    seen.outcome = 'invalid';
    return fault(400, '800002', parsed.error.message);
  }
  const { customer, requestId } = seen;
  const { externalReference: _, ...unreferenced } = parsed.data;
  const request = script.echo ? parsed.data : unreferenced;
  const placing = { customer, requestId, request, idempotency: script.idempotency };
  const { order, repeated } = await book.place(placing);
  seen.outcome = repeated ? 'repeated' : 'created';
  return { status: 201, body: order };
}

function see({ method, path, headers, body }: JsonRequest, customer: string): SeenRequest & Sight {
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

function withIds(answer: JsonAnswer, { headers }: JsonRequest, { requestId }: SeenRequest): JsonAnswer {
  const correlationId = String(headers['ms-correlationid'] ?? randomUUID());
  return {
    ...answer,
    headers: { ...answer.headers, 'MS-RequestId': requestId, 'MS-CorrelationId': correlationId },
  };
}
