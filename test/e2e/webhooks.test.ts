/** Webhooks from the registration to the receiver: Partner Center's routes, signed deliveries, repeats, and what ends them. */
import { randomUUID } from 'node:crypto';
import { createServer as createHttpServer, type ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { newCertificate } from '../support/certificates.ts';
import { createCart } from './orders.ts';
import { eventually, type Service, sharedService } from './running.ts';
import { type Receiver, startReceiver } from './webhookReceiver.ts';

const REGISTRATION = '/webhooks/v1/registration';

let service: Service;
let call: Service['call'];
let receiver: Receiver;
beforeEach(async () => {
  service = await sharedService('default'); // as a new partner
  call = service.call;
  receiver = await startReceiver();
});
afterEach(() => receiver?.close());

const register = (more: Record<string, unknown> = {}) =>
  call('POST', REGISTRATION, {
    body: { WebhookUrl: receiver.url, WebhookEvents: ['cart-ordered', 'test-created'], ...more },
  });
const deliveries = async () => (await call('GET', `${REGISTRATION}/deliveries`)).body.items ?? [];
const ended = (status: string) =>
  eventually(async () => (await deliveries()).find((one) => one.status === status));

it('A registered webhook shows its secret once, and receives the order of a cart, verified by the public package', async () => {
  expect((await call('GET', REGISTRATION)).body.code).toBe('810010');
  const registered = await register();
  expect(registered).toMatchObject({ status: 200, body: { Status: 'enabled', Payload: 'partnerCenter' } });
  const secret = String(registered.body.Secret);
  expect((await call('GET', REGISTRATION)).body).toEqual({ ...registered.body, Secret: undefined });
  expect(await register()).toMatchObject({ status: 409, body: { code: '810011' } });

  const { path } = await createCart(call);
  expect((await call('POST', `${path}/checkout`)).status).toBe(201);
  const delivery = await ended('delivered');

  expect(receiver.verified(secret)).toEqual([
    {
      EventName: 'cart-ordered',
      ResourceUri: `${service.url}${path}`,
      ResourceName: 'cart',
      AuditUri: null,
      ResourceChangeUtcDate: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}\+00:00$/),
    },
  ]);
  expect(delivery).toMatchObject({
    id: receiver.received[0]?.headers['webhook-id'],
    eventName: 'cart-ordered',
    attempts: [{ number: 1, responseStatus: 204, durationMilliseconds: expect.any(Number) }],
  });
  expect((await call('GET', `${REGISTRATION}/deliveries/${delivery.id}`)).body).toEqual(delivery);
});

it('A delivery is repeated under the same webhook-id until the receiver accepts it, and again on request', async () => {
  const secret = String((await register({ Payload: 'CloudEvents' })).body.Secret);
  receiver.statuses.push(500, 302);
  const { path } = await createCart(call);
  await call('POST', `${path}/checkout`);

  const delivery = await ended('delivered');
  expect(delivery).toMatchObject({
    attemptCount: 3,
    attempts: [{ responseStatus: 500 }, { responseStatus: 302 }, {}],
  });
  const resent = await call('POST', `${REGISTRATION}/deliveries/${delivery.id}/resend`);
  expect(resent.status).toBe(202);
  await eventually(async () => receiver.received.length === 4);

  expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id']))).toEqual(
    new Set([delivery.id]),
  );
  expect(receiver.verified(secret)[3]).toMatchObject({
    specversion: '1.0',
    type: 'cart.ordered.v1',
    subject: path.replace('/v1/', ''),
  });
});

it('A validation event is sent, its result can be read, and such requests are limited', async () => {
  const secret = String((await register()).body.Secret);
  const { body } = await call('POST', `${REGISTRATION}/validationEvents`);
  const result = await eventually(async () => {
    const read = await call('GET', `${REGISTRATION}/validationEvents/${body.correlationId}`);
    return read.body.status === 'completed' && read.body;
  });

  expect(result).toMatchObject({
    callbackUrl: receiver.url,
    results: [{ responseCode: '204', systemError: false }],
  });
  expect(receiver.verified(secret)).toMatchObject([{ EventName: 'test-created', ResourceName: 'test' }]);
  await call('POST', `${REGISTRATION}/validationEvents`);
  const limited = await call('POST', `${REGISTRATION}/validationEvents`);
  expect([limited.status, Number(limited.headers.get('Retry-After')) > 0]).toEqual([429, true]);
  expect((await call('GET', `${REGISTRATION}/validationEvents/${randomUUID()}`)).body.code).toBe('810015');
});

it('After a rotation, a delivery is signed with the new and the previous secret', async () => {
  const first = String((await register()).body.Secret);
  const rotated = await call('POST', `${REGISTRATION}/secret`);
  expect(rotated.body).toMatchObject({ PreviousSecretValidUntilUtcDate: expect.any(String) });
  await call('POST', `${REGISTRATION}/validationEvents`);
  await ended('delivered');

  for (const secret of [first, String(rotated.body.Secret)]) {
    expect(receiver.verified(secret)).toHaveLength(1);
  }
  expect(() => receiver.verified(`whsec_${'A'.repeat(44)}`)).toThrow();
  const body = { WebhookUrl: receiver.url, WebhookEvents: ['test-created'] };
  for (const [method, options] of [
    ['GET', {}],
    ['PUT', { body }],
    ['DELETE', {}],
  ] as const) {
    const response = await call(method, REGISTRATION, options);
    expect([method, response.status, 'Secret' in response.body]).toEqual([method, 200, false]);
  }
});

it('A webhook whose receiver returns 410 is disabled until it is replaced', async () => {
  await register();
  receiver.statuses.push(410);
  await call('POST', `${REGISTRATION}/validationEvents`);
  const failed = await ended('failed');

  expect((await call('GET', REGISTRATION)).body).toMatchObject({
    Status: 'disabled',
    DisabledReason: 'gone',
  });
  const refused = await call('POST', `${REGISTRATION}/deliveries/${failed.id}/resend`);
  expect(refused).toMatchObject({ status: 409, body: { code: '810012' } });
  const replaced = await call('PUT', REGISTRATION, {
    body: { WebhookUrl: receiver.url, WebhookEvents: ['test-created'] },
  });
  expect(replaced.body).toMatchObject({ Status: 'enabled', WebhookEvents: ['test-created'] });
  await call('POST', `${REGISTRATION}/deliveries/${failed.id}/resend`);
  await ended('delivered');
});

it('A registration with the handshake needs the consent of the receiver', async () => {
  expect(await register({ Handshake: true })).toMatchObject({ status: 400, body: { code: '810014' } });
  receiver.headers['WebHook-Allowed-Origin'] = new URL(service.url).host;
  receiver.headers['WebHook-Allowed-Rate'] = '120';
  expect(await register({ Handshake: true })).toMatchObject({ status: 200, body: { Handshake: true } });

  expect(receiver.received.map(({ method, headers }) => [method, headers['webhook-request-origin']])).toEqual(
    [
      ['OPTIONS', new URL(service.url).host],
      ['OPTIONS', new URL(service.url).host],
    ],
  );
});

it('An invalid registration is rejected with every problem, and no partner sees the webhook of another', async () => {
  const wrong = await call('POST', REGISTRATION, {
    body: { webhookUrl: 'https://169.254.169.254/', webhookEvents: ['subscription-updated'] },
  });
  expect([wrong.status, wrong.body.data?.map(({ path }) => path)]).toEqual([
    400,
    ['WebhookUrl', 'WebhookEvents[0]'],
  ]);
  for (const WebhookUrl of ['https://169.254.169.254/', 'http://hooks.contoso.com/', 'https://a.internal/']) {
    expect((await register({ WebhookUrl })).body.data).toMatchObject([{ path: 'WebhookUrl' }]);
  }

  await register();
  const token = await service.token({ tenant: randomUUID() });
  expect((await call('GET', REGISTRATION, { token })).body.code).toBe('810010');
  expect((await call('GET', `${REGISTRATION}/deliveries`, { token })).status).toBe(404);
  expect((await call('DELETE', REGISTRATION)).status).toBe(200);
  expect((await call('GET', REGISTRATION)).status).toBe(404);
  expect((await call('GET', `/webhooks/V1/Registration/events/`)).body).toContain('cart-expiring');
});

it('A receiver with a self-signed certificate gets nothing: each attempt is recorded with the reason, and retried', async () => {
  const requests: unknown[] = [];
  const server = createServer(await newCertificate(), (request) => requests.push(request));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await register({ WebhookUrl: `https://localhost:${port}/hook` });
  await call('POST', `${REGISTRATION}/validationEvents`);

  const delivery = await eventually(async () =>
    (await deliveries()).find(({ attemptCount }) => Number(attemptCount) >= 2),
  );
  expect(delivery).toMatchObject({ status: 'pending', nextAttemptTimestamp: expect.any(String) });
  const reason = expect.stringMatching(
    /^The certificate of the receiver is not issued .*SELF_SIGNED_CERT\)\.$/,
  );
  expect((delivery.attempts as object[]).slice(0, 2)).toMatchObject([
    { number: 1, reason },
    { number: 2, reason },
  ]);
  expect(delivery).not.toHaveProperty('responseStatus');
  await call('PUT', REGISTRATION, {
    body: { WebhookUrl: receiver.url, WebhookEvents: ['test-created'] },
  });
  await ended('delivered');

  expect([requests, receiver.received.length]).toEqual([[], 1]);
  server.close();
});

it('A receiver that does not respond does not delay the deliveries of another partner', async () => {
  const held: ServerResponse[] = [];
  const silent = createHttpServer((_, response) => held.push(response));
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const { port } = silent.address() as AddressInfo;
  await register({ WebhookUrl: `http://127.0.0.1:${port}/` });
  for (let n = 0; n < 20; n++) {
    const { path } = await createCart(call);
    await call('POST', `${path}/checkout`);
  }
  await eventually(async () => held.length >= 4);

  const token = await service.token({ tenant: randomUUID() });
  await call('POST', REGISTRATION, {
    body: { WebhookUrl: receiver.url, WebhookEvents: ['test-created'] },
    token,
  });
  const beganMs = Date.now();
  await call('POST', `${REGISTRATION}/validationEvents`, { token });
  await eventually(async () => receiver.received.length === 1);

  // Far below the time-out of a call, which is ten seconds.
  expect(Date.now() - beganMs).toBeLessThan(5_000);
  expect(held).toHaveLength(4);
  await call('DELETE', REGISTRATION);
  silent.closeAllConnections();
  silent.close();
});
