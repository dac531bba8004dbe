/**
 * Classifies a response of Partner Center by what it proves (docs/contract.md 21.3, 21.5). A 2xx with an order proves
 * the order. A 4xx in Partner Center's own error format proves a rejection, unless its code says that a retry may
 * succeed. Every other 4xx comes from an intermediary and is retried. Everything else (5xx, 408, redirects, a 2xx
 * without an order) is ambiguous: the order may have been made.
 */
import * as z from 'zod';
import type { PlacedOrder, Problem } from '../../../cart/checkoutState.ts';
import { parseIsoDate } from '../../../time.ts';
import type { Deferred, GroupOutcome, Placement, RetryableFailure } from '../../gateway.ts';
import { CODES } from './errorCodes.ts';
import { type NoPermit, type NoResponse, pauseMs, type UpstreamResponse } from './httpClient.ts';
import type { NextPage } from './requests.ts';

/** These texts are stored on the cart and published in events, which have room for this many characters. */
const MAX_CHARACTERS = { id: 256, description: 1_024 };

/** An id, also as a number. Half of a surrogate pair could not be part of a URL. */
const id = z
  .union([z.string(), z.int().transform(String)])
  .transform((all) => all.toWellFormed())
  .pipe(z.string().min(1).max(MAX_CHARACTERS.id));
/** Optional members that are absent or malformed are ignored: they make an order no less of an order. */
const text = id.nullish().catch(undefined);
const sentence = z
  .string()
  .transform((all) => all.slice(0, MAX_CHARACTERS.description))
  .nullish()
  .catch(undefined);
const orderBody = z.object({
  id,
  alternateId: text,
  status: text,
  creationDate: text,
  lineItems: z
    .array(z.object({ subscriptionId: text }).catch({}))
    .nullish()
    .catch(undefined),
});
const reference = z.object({ externalReference: z.string().toLowerCase() });
const nextPage = z.object({
  uri: z.string().startsWith('/'),
  headers: z
    .array(z.object({ key: z.string(), value: z.string() }))
    .nullish()
    .transform((headers) => headers ?? []),
});
const orderList = z.object({
  items: z.array(z.unknown()),
  links: z.object({ next: nextPage.nullish() }).nullish(),
});
/** Partner Center's codes are numbers of at least three digits, as text or not. */
const code = z
  .union([z.string(), z.number().transform(String)])
  .transform((all) => all.trim())
  .pipe(z.string().regex(/^[1-9]\d{2,9}$/));
/** Partner Center's error format. API management in front of it sends `{statusCode, message}` instead. */
const partnerCenterError = z.object({
  code,
  description: z.string().transform((all) => all.slice(0, MAX_CHARACTERS.description)),
});
const anyMessage = z.object({ description: sentence, message: sentence });

/** What the response to the POST of an order proves. */
export function classifyResponse(response: UpstreamResponse, placement: Placement): GroupOutcome {
  const { status, json } = response;
  if (status >= 200 && status < 300) {
    const order = orderBody.safeParse(json);
    if (order.success) return { kind: 'placed', order: placedOrderOf(order.data, placement) };
    return { ...retryLater(response, 'The response to the order is not an order.'), ambiguous: true };
  }
  const rejection = rejectionIn(response);
  if (!rejection) return retryLater(response, messageIn(response));
  // Partner Center documents no guarantee that it recognizes the request id of an earlier call.
  const isAmbiguous = placement.ambiguousSinceMs !== undefined;
  return { kind: 'refused', problem: rejection, ...(isAmbiguous ? { ambiguous: true } : {}) };
}

/**
 * Searches a page of the customer's order list for the order of a placement. Without an outcome, the page does not
 * contain the order; `next` is the link to the next page, if there is one.
 */
export function findOrder(
  response: UpstreamResponse,
  placement: Placement,
): { outcome?: GroupOutcome; next?: NextPage | undefined } {
  const list = orderList.safeParse(response.json);
  if (response.status !== 200 || !list.success) {
    const failure = retryLater(response, 'The orders of the customer could not be listed.');
    return { outcome: { ...failure, ambiguous: false } };
  }
  const { items, links } = list.data;
  const listed = items.find(
    (item) => reference.safeParse(item).data?.externalReference === placement.requestId.toLowerCase(),
  );
  if (listed === undefined) return { next: links?.next ?? undefined };
  const order = orderBody.safeParse(listed);
  if (order.success) return { outcome: { kind: 'placed', order: placedOrderOf(order.data, placement) } };
  return { outcome: { ...retryLater(response, 'The listed order could not be read.'), ambiguous: false } };
}

/** The outcome of a request that got no response, or was not sent. */
export function noResponse(exchange: NoResponse | NoPermit): RetryableFailure | Deferred {
  if ('noPermit' in exchange) return deferredBy(exchange);
  return { kind: 'retry', problem: retryableProblem(exchange.failed), ambiguous: exchange.ambiguous };
}

const WAITS_FOR = {
  limit: 'the rate limit for Partner Center is reached',
  pause: 'Partner Center requested a pause',
};

const deferredBy = ({ noPermit: { backInMs, by } }: NoPermit): Deferred => ({
  kind: 'deferred',
  problem: retryableProblem(`The order was deferred: ${WAITS_FOR[by]}.`),
  ambiguous: false,
  waitMs: backInMs,
  by,
});

/** A failure that a retry may resolve, as the caller sees it when the attempts are exhausted. */
export const retryableProblem = (description: string): Problem => ({
  code: '800005',
  description,
  status: 409,
});

/**
 * The rejection that a response proves; `undefined` when it proves none. It takes a 4xx other than 408 in Partner
 * Center's error format. A code that is an HTTP status, such as `{"code": 403}`, is an intermediary's.
 */
function rejectionIn({ status, json }: UpstreamResponse): Problem | undefined {
  const error = partnerCenterError.safeParse(json).data;
  const isClientError = status >= 400 && status < 500 && status !== 408;
  if (!isClientError || !error || isHttpStatus(error.code)) return undefined;
  if (verdictOf(status, error.code) === 'retry') return undefined;
  const { code: upstreamCode, description } = error;
  return { code: upstreamCode, description: description || messageOf(status), status: callerStatus(status) };
}

const isHttpStatus = (upstreamCode: string): boolean => /^[1-5]\d\d$/.test(upstreamCode);

function verdictOf(status: number, upstreamCode: string): 'retry' | 'refuse' {
  const entry = entryOf(upstreamCode);
  // Codes that are documented with a 5xx are general; beside a 4xx, the status is more specific.
  if (entry && entry.status < 500) return entry.verdict;
  return [401, 429].includes(status) ? 'retry' : 'refuse';
}

function messageIn({ status, json }: UpstreamResponse): string {
  const { description, message } = anyMessage.safeParse(json).data ?? {};
  return description || message || messageOf(status);
}

const messageOf = (status: number): string => `Partner Center responded with ${status}.`;

/**
 * Whether a response that is retried proves that the request was turned away before an order could be made. 408 and
 * 409 do not: the request arrived, and its order may be being made.
 */
function isTurnedAway({ status, json }: UpstreamResponse): boolean {
  const isConflict = status === 409 || entryOf(partnerCenterError.safeParse(json).data?.code)?.status === 409;
  return status >= 400 && status < 500 && status !== 408 && !isConflict;
}

const entryOf = (upstreamCode: string | undefined) =>
  upstreamCode !== undefined && Object.hasOwn(CODES, upstreamCode) ? CODES[upstreamCode] : undefined;

/** A retryable failure, or a deferral when Partner Center requested a pause, which uses no attempt. */
function retryLater(response: UpstreamResponse, description: string): RetryableFailure | Deferred {
  const { retryAfterMs } = response;
  const common = { problem: retryableProblem(description), ambiguous: !isTurnedAway(response) };
  const waitMs = pauseMs(response);
  if (waitMs > 0) return { kind: 'deferred', ...common, waitMs, by: 'pause' };
  return { kind: 'retry', ...common, retryAfterMs };
}

/** The status that a caller gets for a rejection (docs/contract.md 14.5). */
const callerStatus = (status: number): number => ([400, 403, 404, 409].includes(status) ? status : 400);

function placedOrderOf(
  order: z.output<typeof orderBody>,
  { nowMs, order: { lineItems } }: Placement,
): PlacedOrder {
  return {
    orderId: order.id,
    alternateId: order.alternateId ?? order.id,
    placedMs: placedMs(order.creationDate ?? '', nowMs),
    status: order.status ?? 'pending',
    subscriptionIds: lineItems.map((_, n) => order.lineItems?.[n]?.subscriptionId ?? null),
  };
}

/** How far the time of an order may be from that of the attempt, in milliseconds: a checkout ends within days. */
const MAX_DISTANCE_MS = 7 * 86_400_000;

/** When the order was made; now, when its date is absent or cannot be right: an order of the year 1 would be purged at once. */
function placedMs(creationDate: string, nowMs: number): number {
  const createdMs = parseIsoDate(creationDate);
  return Math.abs(createdMs - nowMs) <= MAX_DISTANCE_MS ? createdMs : nowMs;
}
