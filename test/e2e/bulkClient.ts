/** Bulk orders of a running service, as a test submits and follows them. */
import { randomUUID } from 'node:crypto';
import type { ScriptRequest } from '../../local/ordering-desk/script.ts';
import { type Desk, direct, ledgerOf } from './deskClient.ts';
import { RESERVATION, SEATS } from './orders.ts';
import { type Body, type CallOptions, type CallService, eventually } from './running.ts';

export interface ItemBody {
  reference: string;
  customerId: string;
  [member: string]: unknown;
}

export interface BulkBody extends Body {
  state: string;
  counts: Record<string, number>;
}

/** An item with a new cart, which makes two orders. */
export const newItem = (reference: string): ItemBody => ({
  reference,
  customerId: randomUUID(),
  cart: { lineItems: [RESERVATION, SEATS] },
});
export const newItems = (count: number) => Array.from({ length: count }, (_, n) => newItem(`item ${n}`));

const ENDED = ['completed', 'cancelled', 'stopped'];

type Answers = Extract<ScriptRequest, unknown[]>[number]['answer'];

/** What a test does with bulk orders of a service with an ordering desk. */
export function bulkClient(service: Desk & { call: CallService }) {
  const { call } = service;
  const submit = (body: unknown, options: CallOptions = {}) =>
    call('POST', '/v1/bulkorders', { body, ...options });

  const ask = (id: unknown, what: 'cancel' | 'retry', options: CallOptions = {}) =>
    call('POST', `/v1/bulkorders/${id}/${what}`, options);

  /** The bulk order when it stands so. */
  const once = (id: unknown, holds: (body: BulkBody) => boolean) =>
    eventually(async () => {
      const body = (await call('GET', `/v1/bulkorders/${id}`)).body as BulkBody;
      return holds(body) && body;
    }, 30_000);

  const ended = (id: unknown) => once(id, ({ state }) => ENDED.includes(state));

  /** All its items, page by page. */
  async function itemsOf(id: unknown, query = ''): Promise<Body[]> {
    const items: Body[] = [];
    for (let uri: string | undefined = `/bulkorders/${id}/items${query}`; uri !== undefined; ) {
      const { body } = await call('GET', `/v1${uri}`);
      items.push(...((body.items ?? []) as unknown as Body[]));
      uri = (body.links as { next?: { uri: string } }).next?.uri;
    }
    return items;
  }

  /** How many orders the desk has made of an item. */
  const ordersOf = async ({ customerId }: ItemBody) => (await ledgerOf(service, customerId)).length;

  /** What the desk answers to these customers until its script changes. */
  const answer = (items: readonly ItemBody[], how: Answers) =>
    direct(
      service,
      items.map(({ customerId }) => ({ match: { customer: customerId }, times: 'always', answer: how })),
    );

  return { submit, ask, once, ended, itemsOf, ordersOf, answer };
}

/** Of the ordering desk: a refusal for good, and one that passes. */
export const NO_CREDIT = { status: 400, code: '3029', description: 'No credit.' };
export const BUSY = { status: 503 };
