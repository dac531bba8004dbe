/** A pause that the ordering gateway requests for one item applies to the whole bulk order. */
import { expect, it } from 'vitest';
import { customerLimit } from '../../shared/bulk/customerLimit.ts';
import { runItem } from '../../shared/bulk/runItem.ts';
import { runAttempt } from '../../shared/checkout/runAttempt.ts';
import { unavailable } from '../../shared/errors.ts';
import type { GroupOutcome } from '../../shared/orders/gateway.ts';
import { ledgerGateway } from '../../shared/orders/gateways/ledger.ts';
import { gatewayOf, RETRY_LATER } from '../checkout/attemptFixture.ts';
import { MINUTE, NOW, SECOND, TROUBLE } from '../support/samples.ts';
import { ATTEMPT_POLICY, itemOf, orderIn, POLICY, submitted, workIn } from './submitting.ts';

const PAUSE_MS = 57 * SECOND;

const deferredBy = (by: 'pause' | 'limit'): GroupOutcome => {
  return { kind: 'deferred', problem: TROUBLE, ambiguous: false, waitMs: PAUSE_MS, by };
};

it.each([
  ['a requested pause', deferredBy('pause'), NOW + PAUSE_MS],
  ['a failure with a retry time', RETRY_LATER, NOW + PAUSE_MS],
  ['a deferral by the outbound limiter', deferredBy('limit'), undefined],
])(
  'The result of an item after %s requests a pause only if the gateway did',
  async (_, outcome, pauseUntilMs) => {
    const world = await submitted({ gateway: gatewayOf(outcome) });
    const item = {
      running: { n: 0, sinceMs: NOW, atMs: NOW, unexpectedErrors: 0 },
      read: async () => itemOf(0),
      holdsLease: () => true,
      limitCustomer: customerLimit(1),
    };

    const result = await runItem(world.ports, await orderIn(world), item, POLICY);

    expect(result).toMatchObject({ kind: 'later', n: 0, atMs: NOW + PAUSE_MS + SECOND });
    expect(result).toHaveProperty('pauseUntilMs', pauseUntilMs);
  },
);

it('An item that storage does not serve pauses the bulk order, because the next items would fail as well', async () => {
  const world = await submitted({});
  world.around = async ({ name }, next) => {
    if (name === 'carts.insert') throw unavailable('Storage', new Error('ServerBusy'));
    return next();
  };
  const item = {
    running: { n: 0, sinceMs: NOW, atMs: NOW, unexpectedErrors: 0 },
    read: async () => itemOf(0),
    holdsLease: () => true,
    limitCustomer: customerLimit(1),
  };

  expect(await runItem(world.ports, await orderIn(world), item, POLICY)).toEqual({
    kind: 'later',
    n: 0,
    atMs: NOW + 10 * SECOND,
    pauseUntilMs: NOW + 10 * SECOND,
    isUnexpected: false,
  });
});

it('No other item starts until the pause is over, although a slot is free', async () => {
  let calls = 0;
  const world = await submitted({
    gateway: {
      async place(placement) {
        if (++calls === 1) return deferredBy('pause');
        await new Promise((resolve) => setImmediate(resolve)); // by then the pause is known
        return ledgerGateway.place(placement);
      },
    },
  });

  await workIn(world);
  expect(await orderIn(world)).toMatchObject({ state: 'running', pausedUntilMs: NOW + PAUSE_MS });
  world.nowMs = NOW + PAUSE_MS - SECOND;
  await workIn(world);
  expect(calls).toBe(2);

  world.nowMs = NOW + MINUTE;
  for (const { message } of world.sent) await runAttempt(world.ports, message, ATTEMPT_POLICY);
  await workIn(world);
  expect(calls).toBe(4);
  expect((await orderIn(world)).state).toBe('completed');
});
