/** Whole checkouts at a desk that lists a new order late, after a call without a clear answer: the desk's ledger is the witness. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ScriptRequest } from '../../../local/ordering-desk/script.ts';
import { partnerCenterGateway } from '../../../shared/orders/gateways/partnerCenter/gateway.ts';
import { checkoutIn, deliver, worldOf } from '../../checkout/attemptFixture.ts';
import type { World } from '../../support/ports.ts';
import { inCheckout, line, MINUTE, NOW, RETRY } from '../../support/samples.ts';
import { LIST_DELAY_MS, openDesk, peerOf } from './deskFixture.ts';

const FULL = { status: 403, code: '800068', description: 'A limit of seats is reached.' };

let desk: Awaited<ReturnType<typeof openDesk>>;
let world: World;
beforeEach(async () => {
  desk = await openDesk(() => world.nowMs);
  world = await worldOf(inCheckout({}, [line()]), partnerCenterGateway(peerOf(desk.url)));
});
afterEach(() => desk?.close());

/** Performs the checkout whenever it is due, until it has ended. */
async function checkOut(script: Exclude<ScriptRequest, unknown[]>) {
  await desk.play({ listDelaySeconds: 900, ...script });
  const attempt = async () => {
    world.nowMs = Math.max(world.nowMs, checkoutIn(world).dueMs);
    await deliver(world, { attempt: checkoutIn(world).attempt });
  };
  for (let n = 0; n < 1_000 && checkoutIn(world).state === 'running'; n++) await attempt();
  return { ...checkoutIn(world), lastedMs: world.nowMs - NOW };
}

describe.each([
  { idempotency: true, echo: true },
  { idempotency: false, echo: true },
  { idempotency: true, echo: false },
])('with a desk of %j', (desks) => {
  it('an order whose answer was lost is made once', async () => {
    const { state } = await checkOut({ ...desks, rules: [{ times: 1, answer: 'acceptThenCut' }] });

    expect(state).toBe('ordered');
    expect(await desk.made()).toHaveLength(1);
  });

  it('An order that does not exist is placed once that is certain, under the same request id', async () => {
    const { state, groups, lastedMs } = await checkOut({
      ...desks,
      rules: [{ times: 1, answer: 'cutBefore' }],
    });

    expect([state, groups[0]?.ambiguousSinceMs]).toEqual(['ordered', undefined]);
    expect(await desk.made()).toMatchObject([{ requestId: groups[0]?.requestId }]);
    expect(lastedMs).toBeGreaterThanOrEqual(LIST_DELAY_MS);
  });
});

describe('a refusal of the repeat', () => {
  const thenFull = (answer: 'acceptThenCut' | 'cutBefore') => [
    { times: 1, answer },
    { times: 'always' as const, answer: FULL },
  ];

  it('does not hide an order that was made', async () => {
    const { state, groups } = await checkOut({ idempotency: false, rules: thenFull('acceptThenCut') });

    expect([state, groups[0]?.state]).toEqual(['ordered', 'placed']);
    expect(await desk.made()).toHaveLength(1);
  });

  it.each([
    { answer: 'cutBefore' as const, idempotency: true, echo: true },
    { answer: 'acceptThenCut' as const, idempotency: false, echo: false },
  ])('is reported as ambiguous when the order is not listed: $answer', async ({ answer, ...desks }) => {
    const { state, groups, lastedMs } = await checkOut({ ...desks, rules: thenFull(answer) });

    expect({ state, group: groups[0] }).toMatchObject({
      state: 'failed',
      group: {
        state: 'ambiguous',
        problem: { code: '800005', status: 409, description: expect.stringContaining('800068') },
      },
    });
    expect(lastedMs).toBeGreaterThanOrEqual(LIST_DELAY_MS);
  });
});

it('Ambiguity that returns with every call ends with the attempts, and remains', async () => {
  const { state, exhausted, groups, lastedMs } = await checkOut({
    rules: [{ times: 'always', answer: 'cutBefore' }],
  });

  expect([state, exhausted, groups[0]?.state]).toEqual(['failed', true, 'ambiguous']);
  expect(lastedMs).toBeLessThan(RETRY.scheduleToCloseMs);
  expect(lastedMs).toBeGreaterThanOrEqual((RETRY.maximumAttempts - 1) * LIST_DELAY_MS);
});

it('an order that is listed soon is found soon', async () => {
  const { state, lastedMs } = await checkOut({
    listDelaySeconds: 8,
    rules: [{ times: 1, answer: 'acceptThenCut' }],
  });

  expect(state).toBe('ordered');
  expect(lastedMs).toBeLessThan(MINUTE);
});
