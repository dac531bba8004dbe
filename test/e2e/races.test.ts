/** Concurrent checkouts and duplicate messages: every order group is ordered once. */
import { randomUUID } from 'node:crypto';
import { ServiceBusClient } from '@azure/service-bus';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCart, RESERVATION, SEATS } from './orders.ts';
import { isAboutCart, parkedNow, parkedSoon } from './parkedMessages.ts';
import { eventually, type Service, sharedService } from './running.ts';

const TENANT = randomUUID();

let service: Service;
let call: Service['call'];
let bus: ServiceBusClient;
beforeAll(async () => {
  service = await sharedService('default', { tenant: TENANT });
  call = service.call;
  bus = new ServiceBusClient(service.serviceBusConnection);
});
afterAll(() => bus?.close());

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
      tenant: TENANT,
      customer,
      cartId,
      checkoutId: checkout.id,
      attempt: 1,
    };

    const copies = Array.from({ length: 20 }, () => ({
      body: { type: 'checkout', version: 1, data },
      messageId: randomUUID(),
    }));
    await bus.createSender('checkout').sendMessages(copies);

    await eventually(async () => {
      const { active, locked } = await service.counts('checkout');
      return active + locked === 0;
    });
    expect(await ordersAt(ordersPath)).toHaveLength(2);
    expect(await parkedNow(service, isAboutCart(cartId))).toEqual([]);
  });

  it('A checkout message that cannot be read is parked immediately, with the reason', async () => {
    const note = randomUUID();

    await bus
      .createSender('checkout')
      .sendMessages({ body: { type: 'checkout', version: 99, data: { note } } });

    const [parked] = await parkedSoon(service, ({ body }) => body?.data?.note === note);
    expect(parked?.applicationProperties).toMatchObject({
      source: 'checkout',
      reason: 'Unreadable',
      description: expect.stringContaining('version'),
    });
    expect(await service.counts('checkout')).toMatchObject({ deadLettered: 0 });
  });
});
