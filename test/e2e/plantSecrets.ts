/**
 * Sends a secret through the flows beside carts: webhooks, erasure, requests that are passed through. Each returns what
 * else must not be written, and how to recognize that its work has ended.
 */
import { randomUUID } from 'node:crypto';
import type { Written } from '../support/sharedStacksMain.ts';
import { createCart, RESERVATION } from './orders.ts';
import { eventually, type Service } from './running.ts';
import { startReceiver } from './webhookReceiver.ts';

export interface Planted {
  /** Keys and signatures that the service has made. */
  secrets: string[];
  /** Parts of log lines that the flow has written in its end. */
  lines: string[];
}

const REGISTRATION = '/webhooks/v1/registration';

/** A webhook whose registration, receiver, responses and queue messages have the secret. */
export async function plantInWebhooks(
  { call }: Service,
  secret: string,
  send: (entity: string, ...bodies: unknown[]) => Promise<void>,
): Promise<Planted> {
  const receiver = await startReceiver();
  receiver.headers['X-Secret'] = secret;
  receiver.headers['Retry-After'] = secret;
  receiver.text = secret;
  receiver.statuses.push(500);
  const webhook = {
    WebhookUrl: `${receiver.url}/${secret}?${secret}=${secret}`,
    WebhookEvents: ['test-created'],
  };
  await call('POST', REGISTRATION, { body: { ...webhook, WebhookEvents: [secret], [secret]: secret } });
  await call('POST', REGISTRATION, { body: { ...webhook, WebhookUrl: `ftp://${secret}` } });
  const registered = await call('POST', REGISTRATION, { body: webhook });
  const rotated = await call('POST', `${REGISTRATION}/secret`, { body: { [secret]: secret } });
  await call('POST', `${REGISTRATION}/validationEvents`, { body: secret });
  await call('GET', `${REGISTRATION}/deliveries/${secret}?after=${secret}`);
  await attempted(call, 'responseStatus');
  // Another receiver, which does not exist.
  await call('PUT', REGISTRATION, { body: { ...webhook, WebhookUrl: `http://127.0.0.1:1/${secret}` } });
  await call('POST', `${REGISTRATION}/validationEvents`);
  await attempted(call, 'reason');
  await send('webhook-deliveries', { type: secret, version: 1, data: { deliveryId: secret } }, secret);
  await send('cart-events', { specversion: '1.0', id: secret, data: secret }, secret);
  await receiver.close();
  const keys = [registered, rotated].map(({ body }) => String(body.Secret).replace('whsec_', ''));
  const signatures = receiver.received.flatMap(({ headers }) =>
    (headers['webhook-signature'] ?? '').split(' ').map((signature) => signature.replace('v1,', '')),
  );
  return {
    secrets: [...keys, ...signatures],
    lines: ['webhook delivery attempted', 'unreadable message of webhook-deliveries parked'],
  };
}

/** Waits for an attempt of a delivery that has ended in this way. */
const attempted = (call: Service['call'], member: 'responseStatus' | 'reason') =>
  eventually(async () => {
    const { items = [] } = (await call('GET', `${REGISTRATION}/deliveries`)).body;
    const attempts = items.flatMap((item) => (item.attempts ?? []) as Record<string, unknown>[]);
    return attempts.some((attempt) => attempt[member] !== undefined);
  });

/** An erasure of a customer whose cart has the secret; the sweeper runs it. */
export async function plantInErasure(
  { call }: Service,
  secret: string,
  sweep: () => Promise<unknown>,
): Promise<Planted> {
  const { customer } = await createCart(call, [{ ...RESERVATION, friendlyName: secret }]);
  const path = `/v1/customers/${customer}/erasure`;
  const headers = { 'MS-RequestId': secret, Cookie: `session=${secret}` };
  await call('POST', `${path}?${secret}=${secret}`, { body: { reason: secret }, headers });
  await call('POST', `/v1/customers/${secret}/erasure`, { body: secret });
  const { receipt } = await eventually(async () => {
    await sweep();
    const { body } = await call('GET', path);
    return typeof body.receipt === 'string' && body;
  });
  const [, , signature = ''] = String(receipt).split('.');
  return { secrets: [signature], lines: ['customer data erased'] };
}

/** Requests that are passed through, with the secret in path, query, headers, cookies and body. */
export async function plantInPassThrough({ call }: Service, secret: string): Promise<Planted> {
  const path = `/v1/customers/${randomUUID()}/users/${secret}?$filter=${secret}&${secret}=${secret}`;
  const headers = {
    Cookie: `session=${secret}`,
    'X-Locale': secret,
    'X-Secret': secret,
    'MS-CV': `${secret}.0`,
  };
  for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']) {
    await call(method, path, { headers, ...(method === 'GET' ? {} : { body: { [secret]: secret } }) });
  }
  await call('GET', `/v1/${secret}/..%2f${secret}`, { headers });
  return { secrets: [], lines: ['request passed through'] };
}

/** Whether all flows have written their last lines. */
export const haveEnded = (planted: readonly Planted[], { logs }: Written): boolean =>
  planted.every(({ lines }) => lines.every((text) => logs.some((line) => line.includes(text))));
