/**
 * Report R7: reminders pile up after missed timers (dotmailer-magento-extension#277, azure-docs#103871). After an outage
 * there is one event, for the most urgent threshold that is due, with the true remaining time.
 */
import { describe, expect, it } from 'vitest';
import { createCart } from '../../shared/cart/createCart.ts';
import { parseDuration } from '../../shared/duration.ts';
import { sweep } from '../../shared/sweeper/sweep.ts';
import { newWorld } from '../support/ports.ts';
import { CREATE, DAY, HOUR, KEY, LIFECYCLE, line, MINUTE, NOW, SECOND } from '../support/samples.ts';

const EXPIRES = NOW + 7 * DAY;

/** The notices of a cart whose sweeper runs at these times only (milliseconds before its expiry). */
async function noticesAfter(sweepsMs: readonly number[], noticesMs: readonly number[] = [DAY, HOUR]) {
  const world = newWorld(NOW);
  const lifecycle = { ...LIFECYCLE, noticesMs: [...noticesMs] };
  await createCart(world.ports, KEY, { lineItems: [line()] }, { ...CREATE, lifecycle });
  for (const beforeMs of sweepsMs) {
    world.nowMs = EXPIRES - beforeMs;
    await sweep(world.ports, lifecycle);
  }
  return world.events.map(({ type, data }) =>
    type === 'cart.expiring.v1'
      ? [parseDuration(String(data.threshold)), parseDuration(String(data.remaining))]
      : type,
  );
}

describe('Outages of the sweeper (dotmailer-magento-extension#277, azure-docs#103871)', () => {
  it.each<[string, number[], unknown[]]>([
    ['that covers both thresholds', [30 * MINUTE], [[HOUR, 30 * MINUTE]]],
    ['that covers both thresholds and ends at the second', [HOUR], [[HOUR, HOUR]]],
    ['that covers the first threshold', [3 * HOUR, 3 * HOUR - MINUTE], [[DAY, 3 * HOUR]]],
    [
      'from the first threshold until the expiry',
      [DAY, SECOND],
      [
        [DAY, DAY],
        [HOUR, SECOND],
      ],
    ],
    ['that covers the expiry', [0], ['cart.expired.v1']],
    ['that ends a week after the expiry', [-7 * DAY], ['cart.expired.v1']],
    [
      'in which every sweep is a minute late',
      [DAY - MINUTE, HOUR - MINUTE, -MINUTE],
      [[DAY, DAY - MINUTE], [HOUR, HOUR - MINUTE], 'cart.expired.v1'],
    ],
  ])(
    'The sweeper publishes only current events, with the true remaining time, after an outage %s',
    async (_, sweepsMs, events) => {
      expect(await noticesAfter(sweepsMs)).toEqual(events);
    },
  );

  it('The sweeper publishes one event per outage, even with six thresholds', async () => {
    const thresholds = [6, 5, 4, 3, 2, 1].map((days) => days * DAY);

    expect(await noticesAfter([2.5 * DAY, 1.5 * DAY, DAY / 2], thresholds)).toEqual([
      [3 * DAY, 2.5 * DAY],
      [2 * DAY, 1.5 * DAY],
      [DAY, DAY / 2],
    ]);
  });
});

it('Consecutive sweeps publish nothing twice (dotmailer-magento-extension#277, azure-docs#103871)', async () => {
  expect(await noticesAfter([DAY, DAY, DAY - 1, HOUR, HOUR, 1])).toEqual([
    [DAY, DAY],
    [HOUR, HOUR],
  ]);
});
