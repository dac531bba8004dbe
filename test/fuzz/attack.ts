/**
 * One hostile request from beginning to end: a cart made for it if it needs one, the request, the verdict on
 * the answer, and for a cart in the answer whether a GET gives the same. Keeps count of what was answered.
 */
import { randomUUID } from 'node:crypto';
import { RESERVATION } from '../e2e/orders.ts';
import { type Json, judge, judgeCart } from './judge.ts';
import type { HostileRequest } from './requests.ts';
import type { Send, WireAnswer } from './wire.ts';

export interface Tally {
  statuses: Map<number, number>;
  /** Ids of the carts that an answer spoke of: these, and no others, may be in the table. */
  carts: Set<string>;
  /** Ids of the orders that a response to `POST …/orders` confirmed; the cart of such an order has no response. */
  orders: Set<string>;
}

/** Makes an attacker; what it sends throws with the sentence that an answer breaks. */
export function attacker(
  send: Send,
  token: string,
  tally: Tally,
): (request: HostileRequest) => Promise<void> {
  const good: [string, string] = ['Authorization', `Bearer ${token}`];

  async function makeCart(customer: string): Promise<string> {
    const body = Buffer.from(JSON.stringify({ lineItems: [RESERVATION] }));
    const path = `/v1/customers/${customer}/carts`;
    const answer = await send({ method: 'POST', path, headers: [good], body });
    const { id } = JSON.parse(answer.text) as Json;
    if (answer.status !== 201) throw new Error(`No cart to attack: ${answer.status} ${answer.text}`);
    tally.carts.add(String(id));
    return String(id);
  }

  /** A cart that was answered must be there, and the same. */
  async function judgeKept(request: HostileRequest, cart: Json): Promise<void> {
    judgeCart(cart);
    tally.carts.add(String(cart.id));
    const { uri } = (cart.links as { self: { uri: string } }).self;
    const client = request.headers.filter(([name]) => name === 'MS-PartnerCenter-Client');
    const got = await send({ method: 'GET', path: `/v1${uri}`, headers: [good, ...client] });
    if (got.status !== 200 || got.text !== JSON.stringify(cart)) {
      throw new Error(`A GET gives another cart: ${got.status} ${got.text.slice(0, 500)}`);
    }
  }

  return async (request) => {
    const customer = randomUUID();
    const cart = request.path.includes('<cart>') ? await makeCart(customer) : '';
    const answer: WireAnswer = await send({
      ...request,
      path: request.path.replaceAll('<customer>', customer).replaceAll('<cart>', cart),
      headers: [
        request.authorization === undefined ? good : ['Authorization', request.authorization],
        ...request.headers,
      ],
    });
    tally.statuses.set(answer.status, (tally.statuses.get(answer.status) ?? 0) + 1);
    const body = judge(request, answer);
    const { objectType } = (body.attributes ?? {}) as { objectType?: string };
    if (objectType === 'Order' && answer.status === 201) tally.orders.add(String(body.id));
    if (objectType === 'Cart') await judgeKept(request, body);
  };
}
