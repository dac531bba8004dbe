/** Complete checkouts with ambiguous calls, against an ordering desk that lists new orders late. Its ledger shows the orders. */
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

/** Runs the attempts of the checkout when they are due, until it has ended. */
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
])('an ordering desk with %j', (desks) => {
  it(`An order whose response was lost exists once: ${JSON.stringify(desks)}`, async () => {
    const { state } = await checkOut({ ...desks, rules: [{ times: 1, answer: 'acceptThenCut' }] });

    expect(state).toBe('ordered');
    expect(await desk.made()).toHaveLength(1);
  });

  it(`An order that does not exist is placed when that is certain, under the same request id: ${JSON.stringify(desks)}`, async () => {
    const { state, groups, lastedMs } = await checkOut({
      ...desks,
      rules: [{ times: 1, answer: 'cutBefore' }],
    });

    expect(state).toBe('ordered');
    expect(groups[0]?.ambiguousSinceMs).toBeUndefined();
    expect(await desk.made()).toMatchObject([{ requestId: groups[0]?.requestId }]);
    expect(lastedMs).toBeGreaterThanOrEqual(LIST_DELAY_MS);
  });
});

describe('the rejection of a repeat', () => {
  const thenFull = (answer: 'acceptThenCut' | 'cutBefore') => [
    { times: 1, answer },
    { times: 'always' as const, answer: FULL },
  ];

  it('A rejected repeat does not hide the order of the ambiguous call', async () => {
    const { state, groups } = await checkOut({ idempotency: false, rules: thenFull('acceptThenCut') });

    expect({ state, group: groups[0]?.state }).toEqual({ state: 'ordered', group: 'placed' });
    expect(await desk.made()).toHaveLength(1);
  });

  it.each([
    { answer: 'cutBefore' as const, idempotency: true, echo: true },
    { answer: 'acceptThenCut' as const, idempotency: false, echo: false },
  ])(
    'A rejected repeat leaves the order ambiguous when it is not listed: $answer',
    async ({ answer, ...desks }) => {
      const { state, groups, lastedMs } = await checkOut({ ...desks, rules: thenFull(answer) });

      expect({ state, group: groups[0] }).toMatchObject({
        state: 'failed',
        group: {
          state: 'ambiguous',
          problem: { code: '800005', status: 409, description: expect.stringContaining('800068') },
        },
      });
      expect(lastedMs).toBeGreaterThanOrEqual(LIST_DELAY_MS);
    },
  );
});

it('A checkout whose calls are all ambiguous ends when its attempts are exhausted, with the group ambiguous', async () => {
  const { state, exhausted, groups, lastedMs } = await checkOut({
    rules: [{ times: 'always', answer: 'cutBefore' }],
  });

  expect({ state, exhausted, group: groups[0]?.state }).toEqual({
    state: 'failed',
    exhausted: true,
    group: 'ambiguous',
  });
  expect(lastedMs).toBeLessThan(RETRY.scheduleToCloseMs);
  expect(lastedMs).toBeGreaterThanOrEqual((RETRY.maximumAttempts - 1) * LIST_DELAY_MS);
});

it('An order that the list shows early is found early', async () => {
  const { state, lastedMs } = await checkOut({
    listDelaySeconds: 8,
    rules: [{ times: 1, answer: 'acceptThenCut' }],
  });

  expect(state).toBe('ordered');
  expect(lastedMs).toBeLessThan(MINUTE);
});
