/**
 * What an answer of Partner Center means for an order, and what none does: made, refused for good, or to be asked
 * again, and then whether it may have been made all the same. The code decides where the table has it, the status
 * elsewhere.
 */
import * as z from 'zod';
import type { PlacedOrder, Problem } from '../../../cart/checkoutState.ts';
import type { Deferred, GroupOutcome, Placement, RetryableFailure } from '../../gateway.ts';
import { CODES } from './errorCodes.ts';
import { type NoPermit, type NoResponse, pauseMs, type UpstreamResponse } from './httpClient.ts';
import type { NextPage } from './requests.ts';

/** All of it is kept on the cart and told in events, which have room for so many characters and no more. */
const MOST_CHARACTERS = { id: 256, code: 32, description: 1_024 };

/** What would be good to know and is not there, or is something else, is not known: it makes no order less of one. */
const text = z.string().max(MOST_CHARACTERS.id).nullish().catch(undefined);
const words = z
  .string()
  .transform((all) => all.slice(0, MOST_CHARACTERS.description))
  .nullish()
  .catch(undefined);
const orderAnswer = z.object({
  id: z.string().min(1).max(MOST_CHARACTERS.id),
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
/** The API management in front of Partner Center has a message, and no codes. */
const apiFault = z.object({
  code: z
    .union([z.string().min(1), z.number().transform(String)])
    .transform((code) => code.slice(0, MOST_CHARACTERS.code))
    .optional()
    .catch(undefined),
  description: words,
  message: words,
});

/** What the answer to a POST means. */
export function classifyResponse(answered: UpstreamResponse, placement: Placement): GroupOutcome {
  const { status, json } = answered;
  if (status >= 200 && status < 300) {
    const order = orderAnswer.safeParse(json);
    if (order.success) return { kind: 'placed', order: placedOf(order.data, placement) };
    return { ...again(answered, 'The answer to the order is not an order.'), ambiguous: true };
  }
  const { code, description } = saidIn(answered);
  if (verdictOn(status, code) === 'retry') return again(answered, description);
  return { kind: 'refused', problem: { code: code ?? '800005', description, status: surfaced(status) } };
}

/** What a page of the customer's orders says of the order: it is there, or nobody can say; without an outcome it is not there, and may be on the next page. */
export function findOrder(
  answered: UpstreamResponse,
  placement: Placement,
): { outcome?: GroupOutcome; next?: NextPage | undefined } {
  const list = orderList.safeParse(answered.json);
  if (answered.status !== 200 || !list.success) {
    const trouble = again(answered, 'The orders of the customer cannot be listed.');
    return { outcome: { ...trouble, ambiguous: false } };
  }
  const { items, links } = list.data;
  const ours = items.find(
    (item) => reference.safeParse(item).data?.externalReference === placement.requestId.toLowerCase(),
  );
  if (ours === undefined) return { next: links?.next ?? undefined };
  const order = orderAnswer.safeParse(ours);
  if (order.success) return { outcome: { kind: 'placed', order: placedOf(order.data, placement) } };
  return { outcome: { ...again(answered, 'The order in the list is not an order.'), ambiguous: false } };
}

/** What it means that nothing came back. */
export function noResponse(exchanged: NoResponse | NoPermit): RetryableFailure | Deferred {
  if ('noPermit' in exchanged) return heldBy(exchanged);
  return { kind: 'retry', problem: retryableProblem(exchanged.failed), ambiguous: exchanged.ambiguous };
}

const WAITS_FOR = {
  limit: 'as many orders as are allowed have been sent within a minute',
  pause: 'the ordering service has asked for a pause',
};

const heldBy = ({ noPermit: { backInMs, by } }: NoPermit): Deferred => ({
  kind: 'deferred',
  problem: retryableProblem(`The order waits for its turn: ${WAITS_FOR[by]}.`),
  ambiguous: false,
  waitMs: backInMs,
  by,
});

/** Our trouble, as a customer is told it when nothing came of all attempts. */
export const retryableProblem = (description: string): Problem => ({
  code: '800005',
  description,
  status: 409,
});

function saidIn({ status, json }: UpstreamResponse): { code: string | undefined; description: string } {
  const { code, description, message } = apiFault.safeParse(json).data ?? {};
  return { code, description: description || message || `The ordering service answered ${status}.` };
}

function verdictOn(status: number, code: string | undefined): 'retry' | 'refuse' {
  const entry = code !== undefined && Object.hasOwn(CODES, code) ? CODES[code] : undefined;
  // The codes of the other side's errors are catch-alls: with a status that blames the request, it decides.
  if (entry && (entry.status < 500 || status >= 500)) return entry.verdict;
  return status >= 500 || [401, 408, 429].includes(status) ? 'retry' : 'refuse';
}

/**
 * Whether the request was turned away before anything was made; every other passing failure may have come after that.
 * A 503 as well, which a proxy answers when the other side was only slow, unless it names a time, as throttling does.
 */
const isTurnedAway = ({ status, retryAfterMs }: UpstreamResponse): boolean =>
  [401, 403, 429].includes(status) || (status === 503 && retryAfterMs !== undefined);

/** A pause that is asked for is kept to, and is no attempt; `Retry-After: 0` asks for none. */
function again(answered: UpstreamResponse, description: string): RetryableFailure | Deferred {
  const { retryAfterMs } = answered;
  const common = { problem: retryableProblem(description), ambiguous: !isTurnedAway(answered) };
  const waitMs = pauseMs(answered);
  if (waitMs > 0) return { kind: 'deferred', ...common, waitMs, by: 'pause' };
  return { kind: 'retry', ...common, retryAfterMs };
}

/** A refusal's status as our callers can take it. */
const surfaced = (status: number): number => ([400, 403, 404, 409].includes(status) ? status : 400);

function placedOf(
  order: z.output<typeof orderAnswer>,
  { nowMs, order: { lineItems } }: Placement,
): PlacedOrder {
  const createdMs = Date.parse(order.creationDate ?? '');
  return {
    orderId: order.id,
    alternateId: order.alternateId ?? order.id,
    placedMs: Number.isNaN(createdMs) ? nowMs : createdMs,
    status: order.status ?? 'pending',
    subscriptionIds: lineItems.map((_, n) => order.lineItems?.[n]?.subscriptionId ?? null),
  };
}
