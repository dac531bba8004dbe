/** Concurrent checkouts, duplicate messages and processes that crash: every order group is ordered once. */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ServiceBusClient } from '@azure/service-bus';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCart, RESERVATION, SEATS } from './orders.ts';
import { eventually, type Running, startService } from './running.ts';

let service: Running;
let call: Running['call'];
beforeAll(async () => {
  service = await startService();
  call = service.call;
});
afterAll(() => service?.stop());

const ordersAt = async (path: string) => (await call('GET', path)).body.items ?? [];

describe('Concurrent checkouts', () => {
  it('Concurrent checkouts of one cart place one order per group, and every caller receives the orders', async () => {
    const { path, ordersPath } = await createCart(call, [RESERVATION, SEATS]);

    const answers = await Promise.all(Array.from({ length: 6 }, () => call('POST', `${path}/checkout`)));

    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
    expect(new Set(answers.map(({ body }) => JSON.stringify(body.orders))).size).toBe(1);
    expect(await ordersAt(ordersPath)).toHaveLength(2);
  });

  it('A checkout that races with a replace orders the content that the cart had at its start', async () => {
    for (let round = 0; round < 5; round++) {
      const { path, ordersPath } = await createCart(call);

      const [checkedOut, replaced] = await Promise.all([
        call('POST', `${path}/checkout`),
        call('PUT', path, { body: { lineItems: [{ ...RESERVATION, quantity: 7 }] } }),
      ]);

      const cart = await call('GET', path);
      const [order, ...more] = await ordersAt(ordersPath);
      expect(checkedOut.status).toBe(201);
      expect(more).toEqual([]);
      expect(order?.lineItems[0]?.quantity).toBe(cart.body.lineItems?.[0]?.quantity);
      // A replace that was answered 201 is in the order; one that was too late was rejected.
      expect([
        [201, 7],
        [409, 2],
        [400, 2],
      ]).toContainEqual([replaced.status, order?.lineItems[0]?.quantity]);
    }
  });
});

describe('Checkout messages', () => {
  it('A checkout message that is delivered many times places one order per group', async () => {
    const { path, ordersPath, cartId, customer } = await createCart(call, [RESERVATION, SEATS]);
    await call('POST', `${path}/checkout`);
    const { body: checkout } = await call('GET', `${path}/checkout`);
    const data = {
      tenant: '5d8a4b0e-6c1f-4f7b-9a56-0c3f2f1d7e11',
      customer,
      cartId,
      checkoutId: checkout.id,
      attempt: 1,
    };
    const client = new ServiceBusClient(service.serviceBusConnection);

    const copies = Array.from({ length: 20 }, () => ({
      body: { type: 'checkout', version: 1, data },
      messageId: randomUUID(),
    }));
    await client.createSender('checkout').sendMessages(copies);

    await eventually(async () => {
      const { active, locked } = await service.broker.counts('checkout');
      return active + locked === 0;
    });
    await client.close();
    expect(await ordersAt(ordersPath)).toHaveLength(2);
    expect(await service.broker.counts('parked')).toMatchObject({ active: 0 });
  });

  it('A checkout message that cannot be read is parked immediately, with the reason', async () => {
    const client = new ServiceBusClient(service.serviceBusConnection);

    await client.createSender('checkout').sendMessages({ body: { type: 'checkout', version: 99, data: {} } });

    const [parked] = await client.createReceiver('parked').receiveMessages(1, { maxWaitTimeInMs: 10_000 });
    await client.close();
    expect(parked?.applicationProperties).toMatchObject({
      source: 'checkout',
      reason: 'Unreadable',
      description: expect.stringContaining('version'),
    });
    expect(await service.broker.counts('checkout')).toMatchObject({ deadLettered: 0 });
  });
});

describe('Crashes', () => {
  it('The sweeper continues a checkout whose host crashed before it sent the message', async () => {
    const own = await startService({ settings: { CHECKOUT_WATCHDOG: 'PT0.5S' } });
    try {
      const { path, ordersPath } = await createCart(own.call);
      const broker = own.processes.broker?.pid ?? 0;
      process.kill(broker, 'SIGSTOP'); // so that the message cannot be sent

      const lost = own.call('POST', `${path}/checkout`).catch(() => 'no answer');
      await eventually(async () => (await own.call('GET', `${path}/checkout`)).body.status === 'running');
      await own.kill('host');
      process.kill(broker, 'SIGCONT');
      await own.up('host');

      expect(await lost).toBe('no answer');
      expect(await own.broker.counts('checkout')).toMatchObject({ active: 0, scheduled: 0 });
      expect((await own.call('GET', `${path}/checkout`)).body.status).toBe('running');
      await eventually(async () => {
        await own.runFunction('sweepDue');
        return (await own.call('GET', `${path}/checkout`)).body.status === 'ordered';
      });
      expect((await own.call('GET', ordersPath)).body.items).toHaveLength(1);
    } finally {
      await own.stop();
    }
  });

  it('Carts, orders and tokens survive a restart of the whole stack', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'cartwright-'));
    const first = await startService({ azurite: 'disk', folder });
    const ordered = await createCart(first.call);
    const active = await createCart(first.call, [SEATS]);
    const { body: checkedOut } = await first.call('POST', `${ordered.path}/checkout`);
    const token = await first.token();
    await first.stop();

    const second = await startService({ azurite: 'disk', folder });

    try {
      expect((await second.call('GET', active.path, { token })).body).toEqual(active.created.body);
      expect((await second.call('POST', `${ordered.path}/checkout`)).body).toEqual(checkedOut);
      expect((await second.call('POST', `${active.path}/checkout`)).status).toBe(201);
    } finally {
      await second.stop();
      await rm(folder, { recursive: true, force: true });
    }
  });
});
