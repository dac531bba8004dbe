/** An order without a cart whose checkout fails: what the caller, the listeners and the storage see of it (docs/contract.md 13.19, 13.22). */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { runAttempt } from '../../shared/checkout/runAttempt.ts';
import { ledgerGateway } from '../../shared/orders/gateways/ledger.ts';
import { sweep } from '../../shared/sweeper/sweep.ts';
import { type KeyServer, startKeyServer } from '../identity/keyServer.ts';
import { type InProcess, openInProcess, tokenOf, WITH_CATALOG } from '../support/inProcess.ts';
import { DAY, HOUR, LIFECYCLE, MODERN, REFUSAL } from '../support/samples.ts';

const ORDER = { billingCycle: 'monthly', lineItems: [{ offerId: MODERN, quantity: 1 }] };
const CUSTOMER = `/v1/customers/${randomUUID()}`;
const ORDERS = `${CUSTOMER}/orders`;

let keys: KeyServer;
let token: string;
beforeAll(async () => {
  keys = await startKeyServer();
  token = await tokenOf(keys);
});
afterAll(() => keys?.stop());

let service: InProcess;
/** Whether the gateway rejects orders. */
let isRejecting: boolean;
let placements: number;
/** Messages are processed as soon as they are sent. */
beforeEach(() => openService());
function openService(settings: Record<string, string> = {}): void {
  service = openInProcess(keys, { CHECKOUT_WAIT: 'PT10S', ...settings });
  const { world, policies } = service;
  isRejecting = true;
  placements = 0;
  world.gateway = {
    async place(placement) {
      placements++;
      return isRejecting ? { kind: 'refused', problem: REFUSAL } : ledgerGateway.place(placement);
    },
  };
  world.around = async (effect, run) => {
    const before = world.sent.length;
    const done = await run();
    if (effect.name !== 'checkouts.send') return done;
    for (const { message } of world.sent.slice(before)) {
      await runAttempt(world.ports, message, policies.attemptPolicy);
    }
    return done;
  };
}

const order = async (requestId: string) => {
  const { status, body } = await service.ask('POST', ORDERS, {
    token,
    body: ORDER,
    headers: { 'MS-RequestId': requestId },
  });
  return { status, code: body.code, id: body.id };
};
const listed = async () => (await service.ask('GET', ORDERS, { token })).body.items as { id: string }[];

it('A repeat of an order that failed returns the same failure, also when it could succeed by now, and orders nothing', async () => {
  const requestId = randomUUID();

  const first = await order(requestId);
  isRejecting = false;
  const repeats = [await order(requestId), await order(requestId)];

  expect(first).toEqual({ status: REFUSAL.status, code: REFUSAL.code, id: undefined });
  expect(repeats).toEqual([first, first]);
  expect(placements).toBe(1);
  expect(await listed()).toEqual([]);
});

it.each([
  ['DG7GMGF0DWTL:0001:DG7GMGF0DSJB', 'monthly'], // also sold one-time
  ['DZH318Z0BPS6:0001:DZH318Z0BPS7', 'one_time'],
  ['CFQ7TTC0LHR4:0009:CFQ7TTC0LHR5', 'none'], // a trial
])('An order of %s without a billing cycle is %s', async (offerId, billingCycle) => {
  openService(WITH_CATALOG);
  isRejecting = false;

  const lineItems = [{ offerId, quantity: 1, termDuration: { monthly: 'P1Y', none: 'P1M' }[billingCycle] }];
  const { status, body } = await service.ask('POST', ORDERS, { token, body: { lineItems } });

  expect([status, body.billingCycle, body.description]).toEqual([201, billingCycle, undefined]);
});

it('The same order under another request id is ordered, once', async () => {
  await order(randomUUID());
  isRejecting = false;
  const requestId = randomUUID();

  const second = await order(requestId);
  const repeat = await order(requestId);

  expect(second.status).toBe(201);
  expect(repeat).toEqual(second);
  expect((await listed()).map(({ id }) => id)).toEqual([second.id]);
});

it('An order whose message could not be sent is ordered once by its repeats', async () => {
  const { world } = service;
  isRejecting = false;
  const { around } = world;
  world.around = async (effect, run) => {
    if (effect.name === 'checkouts.send') throw new Error('The broker does not respond.');
    return run();
  };
  const requestId = randomUUID();

  const cut = await order(requestId);
  world.around = around;
  const repeat = await order(requestId);

  expect([cut.status, cut.code, repeat.status]).toEqual([409, '800060', 201]);
  expect(placements).toBe(1);
  expect(await listed()).toHaveLength(1);
});

it('An order that failed leaves no cart in any list, publishes its failure and no expiry, and is purged', async () => {
  const { world } = service;
  await order(randomUUID());

  expect(await service.ask('GET', `${CUSTOMER}/carts`, { token })).toMatchObject({ status: 404 });
  for (const ms of [6 * DAY, DAY - HOUR, HOUR, LIFECYCLE.retentionMs]) {
    world.nowMs += ms;
    await sweep(world.ports, LIFECYCLE);
  }

  expect(new Set(world.events.map(({ type }) => type))).toEqual(new Set(['cart.checkoutFailed.v1']));
  expect([...world.dueEntries.values()]).toEqual([]);
  expect(world.effects.filter(({ name }) => name === 'carts.purge')).toHaveLength(1);
});

it('A response about an order names no cart', async () => {
  const failed = await service.ask('POST', ORDERS, { token, body: ORDER });
  isRejecting = false;
  const placed = await service.ask('POST', ORDERS, { token, body: ORDER });

  expect([failed.text, placed.text].join()).not.toMatch(/cart(?!wright)/i);
});
