/**
 * A storefront that notes what it is promised: makes a cart, replaces it, checks it out, sometimes in two
 * windows, follows the checkout for a while or leaves at once. Every response that it receives must stay true.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { localCaller } from '../../local/issuer/claims.ts';
import type { CartKey } from '../../shared/cart/cart.ts';
import type { Answer, CallService } from '../e2e/running.ts';
import type { Random } from '../support/random.ts';
import { line } from '../support/samples.ts';
import type { Ordered } from '../support/tally.ts';

export interface Promised {
  key: CartKey;
  /** What the cart held by the last answer; nothing is on its way any more. */
  content: Ordered[];
  /** Ids of its checkouts, as far as responses named them. */
  checkouts: Set<string>;
  /** Whether its checkout was asked for, and whether that was acknowledged: by 201, 202, or 409 because it is in progress. */
  checkout: 'none' | 'asked' | 'promised';
}

const CYCLES = [['monthly'], ['one_time'], ['monthly', 'one_time']];
const IN_PROGRESS = '800060';
/** How long a storefront follows a checkout: the lease of a dead worker may last longer. */
const TIME_LIMIT_MS = 10_000;

/** Serves one customer; throws when it receives a wrong response. */
export async function serveCustomer(
  ask: CallService,
  random: Random,
  note: (promised: Promised) => void,
): Promise<void> {
  const customer = randomUUID();
  const carts = `/v1/customers/${customer}/carts`;
  let content = choose();
  const created = await expectStatus(201, ask('POST', carts, { body: bodyOf(content) }));
  const cartId = String(created.body.id);
  const path = `${carts}/${cartId}`;
  const promised: Promised = {
    key: { tenant: localCaller.tenant, customer, cartId },
    content,
    checkouts: new Set(),
    checkout: 'none',
  };
  note(promised);
  for (let changes = random.below(3); changes > 0; changes--) {
    content = choose();
    await expectStatus(201, ask('PUT', path, { body: bodyOf(content) }));
    promised.content = content;
  }
  promised.checkout = 'asked';
  await Promise.all(random.chance(0.2) ? [checkOut(), checkOut()] : [checkOut()]);

  function choose(): Ordered[] {
    return random
      .pick(CYCLES)
      .map((billingCycle) => ({ customer, billingCycle, quantity: 1 + random.below(9) }));
  }

  async function checkOut(): Promise<void> {
    const headers = random.chance(0.5) ? { Prefer: 'respond-async' } : undefined;
    const answer = await ask('POST', `${path}/checkout`, { ...(headers && { headers }) });
    const { status, body } = answer;
    const isRunning = status === 202 || (status === 409 && body.code === IN_PROGRESS);
    if (!isRunning && status !== 201) throw unexpected(answer);
    promised.checkout = 'promised';
    if (status === 201) return checkResult(answer);
    if (status === 202) promised.checkouts.add(String(body.id));
    if (random.chance(0.4)) await follow(); // or leave: the order is made all the same
  }

  /** Looks until the checkout has ended, or asks for it again and so joins it; leaves in the end. */
  async function follow(): Promise<void> {
    const deadline = Date.now() + TIME_LIMIT_MS;
    while (Date.now() < deadline) {
      await sleep(50 + random.below(200));
      if (random.chance(0.2)) return checkOut();
      const { body } = await expectStatus(200, ask('GET', `${path}/checkout`));
      promised.checkouts.add(String(body.id));
      if (body.status === 'ordered') return;
      if (body.status !== 'running') throw new Error(`The checkout of ${path} ended as ${body.status}`);
    }
  }

  function checkResult(answer: Answer): void {
    const { orders = [], orderErrors = [] } = answer.body;
    if (orders.length !== content.length || orderErrors.length > 0) throw unexpected(answer);
  }
}

const bodyOf = (content: readonly Ordered[]) => ({
  lineItems: content.map(({ billingCycle, quantity }) => ({ ...line(), billingCycle, quantity })),
});

async function expectStatus(status: number, answered: Promise<Answer>): Promise<Answer> {
  const answer = await answered;
  if (answer.status !== status) throw unexpected(answer);
  return answer;
}

const unexpected = ({ status, body }: Answer) =>
  new Error(`A storefront was answered ${status} ${JSON.stringify(body)}`);
