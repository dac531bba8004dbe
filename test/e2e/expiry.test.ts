/** Expiry by the timer, with the days shortened to seconds: notices, the end, what is kept and what is purged. */
import { ServiceBusClient } from '@azure/service-bus';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { direct } from './deskClient.ts';
import { createCart } from './orders.ts';
import { eventually, type Running, startService } from './running.ts';

interface Event {
  id: string;
  type: string;
  subject: string;
  data: { cartId: string; threshold?: string };
}

let service: Running;
let call: Running['call'];
let bus: ServiceBusClient;
const events: Event[] = [];
beforeAll(async () => {
  service = await startService({
    desk: true,
    settings: {
      SWEEP_SCHEDULE: '* * * * * *',
      CART_LIFETIME: 'PT5S',
      EXPIRY_NOTICES: 'PT3S,PT1S',
      CART_RETENTION: 'PT3S',
      ORDER_GATEWAY: 'partnerCenter',
    },
  });
  call = service.call;
  bus = new ServiceBusClient(service.serviceBusConnection);
  bus.createReceiver('cart-events', 'all').subscribe({
    processMessage: async ({ body }) => void events.push(body as Event),
    processError: async () => undefined,
  });
});
afterAll(async () => {
  await bus?.close();
  await service?.stop();
});

const eventsOf = (cartId: string) => events.filter(({ data }) => data.cartId === cartId);
const typesOf = (cartId: string) =>
  eventsOf(cartId).map(({ type, data }) => [type, data.threshold ?? ''].join(' ').trim());

describe('a cart that nobody checks out', () => {
  it('is announced at each threshold and at its end, each once, is gone for its caller, and is purged', async () => {
    const { path, cartId } = await createCart(call);

    await eventually(async () => typesOf(cartId).includes('cart.expired'));

    const gone = await call('GET', path);
    expect(gone).toMatchObject({
      status: 404,
      body: { code: '800008', description: expect.stringContaining('expired') },
    });
    expect((await call('PUT', path, { body: { lineItems: [] } })).status).toBe(400);
    expect(await call('POST', `${path}/checkout`)).toMatchObject({ status: 404, body: { code: '800008' } });
    await eventually(async () => (await call('GET', path)).body.description?.includes('not found'));
    expect(typesOf(cartId)).toEqual(['cart.expiring PT3S', 'cart.expiring PT1S', 'cart.expired']);
    expect(eventsOf(cartId)[0]).toMatchObject({
      specversion: '1.0',
      id: `${cartId}.PT3S`,
      subject: path.replace('/v1/', ''),
      source: expect.stringMatching(/^\/partners\//),
    });
  });
});

describe('a cart in checkout when its time has come', () => {
  it('is not expired, and stays readable once it is ordered', async () => {
    const { path, customer, cartId, created } = await createCart(call);
    await direct(service, [{ match: { customer }, times: 1, answer: { status: 503, retryAfterSeconds: 6 } }]);
    await call('POST', `${path}/checkout`, { headers: { Prefer: 'respond-async' } });

    const expiresMs = Date.parse(String(created.body.expirationTimestamp));
    await eventually(async () => Date.now() > expiresMs);
    const late = await call('GET', path);
    await eventually(async () => typesOf(cartId).includes('cart.ordered'));
    const ordered = await call('GET', path);

    expect(late).toMatchObject({ status: 200, body: { status: 'Active' } });
    expect(ordered).toMatchObject({ status: 200, body: { status: 'Ordered' } });
    expect(await call('POST', `${path}/checkout`)).toMatchObject({ status: 201, body: { orders: [{}] } });
    expect(typesOf(cartId)).not.toContain('cart.expired');
  });
});
