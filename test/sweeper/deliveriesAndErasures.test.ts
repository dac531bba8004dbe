/** A sweep processes the due entries of webhook deliveries and of erasures like those of carts. */
import { beforeEach, describe, expect, it } from 'vitest';
import { requestErasure } from '../../shared/erasure/requestErasure.ts';
import { sweep } from '../../shared/sweeper/sweep.ts';
import { deliverEvent } from '../../shared/webhooks/startDelivery.ts';
import { newWorld, type World } from '../support/ports.ts';
import { cartOf, KEY, LIFECYCLE, MINUTE, NOW } from '../support/samples.ts';
import { EVENT, POLICY, registrationOf } from '../webhooks/samples.ts';

let world: World;
const run = () => sweep(world.ports, LIFECYCLE);
beforeEach(() => {
  world = newWorld(NOW);
});

describe('Deliveries', () => {
  beforeEach(async () => {
    await world.ports.registrations.insert(registrationOf());
    await deliverEvent(world.ports, EVENT, POLICY);
  });

  it('A sweep sends the message of a delivery again when no worker has recorded an attempt', async () => {
    const [first] = world.deliveriesSent;
    world.nowMs += LIFECYCLE.delivery.watchdogMs + MINUTE;

    expect(await run()).toEqual({ processed: 1, acted: 1, failed: 0, deferred: 0 });

    expect(world.deliveriesSent).toHaveLength(2);
    expect(world.deliveriesSent[1]?.message).toEqual(first?.message);
    expect(world.deliveriesSent[1]?.id).not.toBe(first?.id);
  });

  it('A due entry whose delivery does not exist is deleted', async () => {
    const [delivery] = world.deliveries();
    if (delivery) await world.ports.deliveries.remove(delivery);
    world.nowMs += LIFECYCLE.delivery.watchdogMs + MINUTE;

    expect(await run()).toMatchObject({ processed: 1, acted: 0, failed: 0 });

    expect(world.dueEntries.size).toBe(0);
    expect(world.deliveriesSent).toHaveLength(1);
  });
});

describe('Erasures', () => {
  const { tenant, customer } = KEY;

  // What an erasure removes is tested on real storage (test/crash/erasure.test.ts); its ports fail in memory.
  it('An erasure whose storage fails stays due and does not delay the other entries', async () => {
    await world.ports.carts.insert(cartOf());
    await requestErasure(world.ports, { tenant, customer, requestedBy: 'application' });
    await world.ports.due.put({ ...KEY, cartId: '00000000-0000-4000-8000-000000000000', atMs: NOW });

    expect(await run()).toMatchObject({ processed: 2, failed: 1 });

    expect([...world.dueEntries.values()]).toEqual([{ tenant, erasedCustomer: customer, atMs: NOW }]);
    expect(await world.ports.carts.read(KEY)).toBeDefined();
  });

  it('A sweep deletes the due entry of an erasure that was never stored', async () => {
    await world.ports.due.put({ tenant, erasedCustomer: customer, atMs: NOW });
    await world.ports.carts.insert(cartOf());

    expect(await run()).toMatchObject({ processed: 1, acted: 0, failed: 0 });

    expect(await world.ports.carts.read(KEY)).toBeDefined();
    expect(world.dueEntries.size).toBe(0);
  });
});
