/** The developer tools on a running stack: an order is followed on the topic, and arrives at the local receiver, verified. */
import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { listen } from '../../cli/events/listen.ts';
import { receiveWebhooks } from '../../cli/webhook/receive.ts';
import { createCart } from './orders.ts';
import { sharedService } from './running.ts';

/** Keeps the lines that a command prints. */
const lines = () => {
  const printed: string[] = [];
  return {
    printed,
    out: { line: (text: string) => void printed.push(text), failure: async () => undefined },
  };
};

it('An order is printed by `events listen`, and a verified notice of it by `webhook receive`', async () => {
  const service = await sharedService('default');
  const [topic, receiver] = [lines(), lines()];
  const ready = Promise.withResolvers<string>();
  const { signal } = new AbortController();
  const request = { port: 0, status: 204, count: 2, json: true, secret: undefined as string | undefined };
  const receiving = receiveWebhooks(request, receiver.out, { signal, onReady: ready.resolve });
  const registration = await service.call('POST', '/webhooks/v1/registration', {
    body: { WebhookUrl: `${await ready.promise}/`, WebhookEvents: ['cart-ordered'], Handshake: true },
  });
  request.secret = String(registration.body.Secret);

  const { path, cartId } = await createCart(service.call);
  await service.call('POST', `${path}/checkout`);
  const printed = await listen(
    {
      types: ['cart.ordered'],
      cart: cartId,
      subscription: 'all',
      consumes: false,
      count: 1,
      json: false,
      connection: { connectionString: service.serviceBusConnection },
    },
    topic.out,
    signal,
  );
  // A delivery that another secret signed is printed as such, and refused.
  await fetch(`${await ready.promise}/`, {
    method: 'POST',
    body: '{}',
    headers: { 'webhook-id': randomUUID() },
  });
  await receiving;

  expect([printed, topic.printed[0]]).toEqual([
    1,
    expect.stringContaining(`cart.ordered.v1  ${path.replace('/v1/', '')}`),
  ]);
  const received = receiver.printed.map((line) => JSON.parse(line) as Record<string, string>);
  const [verified] = received.filter(({ problem }) => problem === undefined);
  expect(JSON.parse(verified?.body ?? '{}')).toMatchObject({ EventName: 'cart-ordered' });
  expect(received.filter(({ problem }) => problem !== undefined)).toMatchObject([
    { body: '{}', problem: 'A header of the signature is missing.' },
  ]);
});
