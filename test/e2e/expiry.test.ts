/** Expiry by the timer, with days shortened to seconds: notices, expiry, retention and purge. */
import { ServiceBusClient } from '@azure/service-bus';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { excuseLinks } from '../support/linkRecorder.ts';
import { PARTNERS } from '../support/stackSettings.ts';
import { direct } from './deskClient.ts';
import { createCart } from './orders.ts';
import { eventually, type Service, sharedService } from './running.ts';

interface Event {
  id: string;
  type: string;
  subject: string;
  data: { cartId: string; threshold?: string };
}

const PATIENCE_MS = 30_000;
const PATIENT = { timeout: 3 * PATIENCE_MS };

let service: Service;
let call: Service['call'];
let bus: ServiceBusClient;
const events: Event[] = [];
beforeAll(async () => {
  service = await sharedService('limits', { tenant: PARTNERS.expiry, roles: ['AdminAgent'] });
  call = service.call;
  bus = new ServiceBusClient(service.serviceBusConnection);
  bus.createReceiver('cart-events', 'all').subscribe({
    processMessage: async ({ body }) => void events.push(body as Event),
    processError: async () => undefined,
  });
});
beforeEach(() => excuseLinks(/^GET \/customers\/\S+\/carts\/\S+$/, 'Carts live for six seconds here.'));
afterAll(() => bus?.close());

const eventsOf = (cartId: string) => events.filter(({ data }) => data.cartId === cartId);
const typesOf = (cartId: string) =>
  eventsOf(cartId).map(({ type, data }) => [type, data.threshold ?? ''].join(' ').trim());

describe.concurrent('A cart without a checkout', () => {
  it(
    'A cart without a checkout has one event per threshold and one at its expiry, is 404 from then on, and is purged',
    PATIENT,
    async () => {
      const { path, cartId } = await createCart(call);

      await eventually(async () => typesOf(cartId).includes('cart.expired.v1'), PATIENCE_MS);

      const gone = await call('GET', path);
      expect(gone).toMatchObject({
        status: 404,
        body: { code: '800008', description: expect.stringContaining('expired') },
      });
      expect((await call('PUT', path, { body: { lineItems: [] } })).status).toBe(400);
      expect(await call('POST', `${path}/checkout`)).toMatchObject({ status: 404, body: { code: '800008' } });
      await eventually(
        async () => (await call('GET', path)).body.description?.includes('not found'),
        PATIENCE_MS,
      );
      expect(typesOf(cartId)).toEqual(['cart.expiring.v1 PT5S', 'cart.expiring.v1 PT3S', 'cart.expired.v1']);
      expect(eventsOf(cartId)[0]).toMatchObject({
        specversion: '1.0',
        id: `${cartId}.PT5S`,
        subject: path.replace('/v1/', ''),
        source: '/cartwright',
      });
    },
  );
});

describe.concurrent('A cart that is in checkout at its expiry', () => {
  it(
    'A cart that is in checkout at its expiry does not expire, and stays readable when it is ordered',
    PATIENT,
    async () => {
      const { path, customer, cartId, created } = await createCart(call);
      await direct(service, [
        { match: { customer }, times: 1, answer: { status: 503, retryAfterSeconds: 8 } },
      ]);
      await call('POST', `${path}/checkout`, { headers: { Prefer: 'respond-async' } });

      const expiresMs = Date.parse(String(created.body.expirationTimestamp));
      await eventually(async () => Date.now() > expiresMs, PATIENCE_MS);
      const late = await call('GET', path);
      await eventually(async () => typesOf(cartId).includes('cart.ordered.v1'), PATIENCE_MS);
      const ordered = await call('GET', path);

      expect(late).toMatchObject({ status: 200, body: { status: 'Active' } });
      expect(ordered).toMatchObject({ status: 200, body: { status: 'Ordered' } });
      expect(await call('POST', `${path}/checkout`)).toMatchObject({ status: 201, body: { orders: [{}] } });
      expect(typesOf(cartId)).not.toContain('cart.expired.v1');
    },
  );
});
