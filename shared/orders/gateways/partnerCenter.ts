/**
 * The gateway that orders from Partner Center, or from anything that speaks its `POST …/orders`. The request
 * id travels as `MS-RequestId`, Partner Center's idempotency key, and as `externalReference` in the order, by
 * which an order is found again whose making got no answer. Our own trouble is retried, never told to the
 * customer as a refusal.
 */
import * as z from 'zod';
import type { PlacedOrder, Problem } from '../../checkout/checkout.ts';
import type { GroupOutcome } from '../../checkout/conclude.ts';
import { FAULTS } from '../../faults.ts';
import type { OrderingGateway, Placement } from '../gateway.ts';

export interface PartnerCenterOptions {
  url: string;
  /** A bearer token for the URL. */
  token: () => Promise<string>;
  /** How long to wait for one answer, in milliseconds. */
  timeoutMs: number;
}

const orderAnswer = z.object({
  id: z.string().min(1),
  alternateId: z.string().optional(),
  status: z.string().default('pending'),
  creationDate: z.string().optional(),
  externalReference: z.string().optional(),
  lineItems: z.array(z.object({ subscriptionId: z.string().nullish() })).default([]),
});
const orderList = z.object({ items: z.array(orderAnswer) });
const apiFault = z.object({ code: z.coerce.string(), description: z.string() });

/** What an HTTP exchange came to; `maybe`: nobody can say whether the other side did what it was asked. */
type Exchange =
  | { status: number; json: unknown; retryAfterMs?: number | undefined }
  | { failed: string; maybe: boolean };

/** The `partnerCenter` gateway. */
export function partnerCenterGateway(options: PartnerCenterOptions): OrderingGateway {
  return {
    // A look-up and an order for each group, and a little for ourselves.
    claimMs: (orders) => orders * 2 * options.timeoutMs + 5_000,

    async place(placement) {
      if (placement.mayExist) {
        const found = await find(placement, options);
        if (found) return found;
      }
      const path = `/v1/customers/${placement.order.referenceCustomerId}/orders`;
      const exchange = await call('POST', path, placement, options);
      return 'failed' in exchange ? unanswered(exchange) : outcomeOf(exchange, placement);
    },
  };
}

/** The order of an earlier attempt, if it was made; that we cannot look is no proof that it was not. */
async function find(placement: Placement, options: PartnerCenterOptions): Promise<GroupOutcome | undefined> {
  const path = `/v1/customers/${placement.order.referenceCustomerId}/orders`;
  const exchange = await call('GET', path, placement, options);
  if ('failed' in exchange) return { ...unanswered(exchange), ambiguous: true };
  const list = orderList.safeParse(exchange.json);
  if (exchange.status !== 200 || !list.success) {
    return { ...again(exchange, 'The orders of the customer cannot be listed.'), ambiguous: true };
  }
  const order = list.data.items.find(({ externalReference }) => externalReference === placement.requestId);
  return order && { kind: 'placed', order: placedOf(order, placement) };
}

/** Sorts an answer to a POST: made, refused for good, or to be asked again. */
function outcomeOf(exchange: Extract<Exchange, { status: number }>, placement: Placement): GroupOutcome {
  const { status, json } = exchange;
  if (status >= 200 && status < 300) {
    const order = orderAnswer.safeParse(json);
    if (order.success) return { kind: 'placed', order: placedOf(order.data, placement) };
    return { ...again(exchange, 'The answer to the order is not an order.'), ambiguous: true };
  }
  const said = apiFault.safeParse(json);
  const description = said.success ? said.data.description : `The ordering service answered ${status}.`;
  if (isPassing(status, said.data?.code)) return again(exchange, description);
  const problem: Problem = { code: said.data?.code ?? '800005', description, status: surfaced(status) };
  return { kind: 'refused', problem };
}

/** Statuses and codes after which asking again may help: overload, faults of the other side, our own credentials, an order still in progress. */
function isPassing(status: number, code: string | undefined): boolean {
  const inProgress: (string | undefined)[] = [FAULTS.checkoutInProgress.code, FAULTS.cartBusy.code];
  return status >= 500 || [401, 408, 429].includes(status) || (status === 409 && inProgress.includes(code));
}

/** 429 and 503 turn a request away; other passing failures may have come after the order was made. */
function again({ status, retryAfterMs }: Extract<Exchange, { status: number }>, description: string) {
  const problem: Problem = { code: '800005', description, status: 409 };
  return { kind: 'retry', problem, ambiguous: ![401, 429, 503].includes(status), retryAfterMs } as const;
}

function unanswered({ failed, maybe }: Extract<Exchange, { failed: string }>) {
  return {
    kind: 'retry',
    problem: { code: '800005', description: failed, status: 409 },
    ambiguous: maybe,
  } as const;
}

/** A refusal's status as our callers can take it. */
const surfaced = (status: number): number => ([400, 403, 404, 409].includes(status) ? status : 400);

async function call(
  method: 'GET' | 'POST',
  path: string,
  { requestId, order }: Placement,
  { url, token, timeoutMs }: PartnerCenterOptions,
): Promise<Exchange> {
  const bearer = await token().catch(() => undefined);
  if (bearer === undefined)
    return { failed: 'No token for the ordering service could be had.', maybe: false };
  const { isLegacy: _, ...body } = order;
  try {
    const response = await fetch(new URL(path, url), {
      method,
      headers: {
        Authorization: `Bearer ${bearer}`,
        Accept: 'application/json',
        'MS-RequestId': requestId,
        ...(method === 'POST' ? { 'Content-Type': 'application/json' } : {}),
      },
      signal: AbortSignal.timeout(timeoutMs),
      ...(method === 'POST' ? { body: JSON.stringify({ ...body, externalReference: requestId }) } : {}),
    });
    const json = await response.json().catch((error: unknown) => {
      if (error instanceof SyntaxError) return undefined;
      throw error;
    });
    return { status: response.status, json, retryAfterMs: retryAfterMs(response.headers.get('Retry-After')) };
  } catch (error) {
    const code = (error as { cause?: { code?: string } }).cause?.code;
    const neverArrived = code === 'ECONNREFUSED' || code === 'ENOTFOUND';
    return {
      failed: `The ordering service did not answer (${code ?? (error as Error).name}).`,
      maybe: !neverArrived,
    };
  }
}

/** `Retry-After` in milliseconds: seconds, or a date. */
function retryAfterMs(header: string | null): number | undefined {
  if (header === null) return undefined;
  const ms = /^\d+$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - Date.now();
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}

function placedOf(
  order: z.output<typeof orderAnswer>,
  { nowMs, order: { lineItems } }: Placement,
): PlacedOrder {
  const createdMs = Date.parse(order.creationDate ?? '');
  return {
    orderId: order.id,
    alternateId: order.alternateId ?? order.id,
    placedMs: Number.isNaN(createdMs) ? nowMs : createdMs,
    status: order.status,
    subscriptionIds: lineItems.map((_, n) => order.lineItems[n]?.subscriptionId ?? null),
  };
}
