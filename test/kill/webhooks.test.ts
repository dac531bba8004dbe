/**
 * Hosts killed during deliveries, while the receiver fails four calls in ten: every event of the topic arrives at the
 * webhook of its partner, signed, and repeats have the same `webhook-id`. The broker is not killed: the emulator keeps
 * nothing on disk, and what it has accepted is durable in Azure.
 */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { CloudEvent } from '../../shared/events/cloudEvent.ts';
import { QUEUES, SUBSCRIPTIONS, TOPICS } from '../../shared/messaging/queueNames.ts';
import { TABLES } from '../../shared/storage/keys.ts';
import { Table } from '../../shared/storage/tables.ts';
import { deliveryStore } from '../../shared/storage/webhookStore.ts';
import type { Delivery } from '../../shared/webhooks/delivery.ts';
import { eventNameOf } from '../../shared/webhooks/payload.ts';
import { type Answer, type CallService, eventually, type Running } from '../e2e/running.ts';
import { newAuthority, newCertificate } from '../support/certificates.ts';
import { depth, repeatCommand, seed } from '../support/depth.ts';
import { type Random, randomOf } from '../support/random.ts';
import { takeEvents } from '../support/remains.ts';
import { line } from '../support/samples.ts';
import {
  type FaultyReceiver,
  RECEIVER_FAULTS,
  type ReceivedDelivery,
  startFaultyReceiver,
} from './faultyReceiver.ts';
import { persistent, type Traffic } from './persist.ts';
import { startMortal } from './service.ts';

const FILE = 'test/kill/webhooks.test.ts';
const REGISTRATION = '/webhooks/v1/registration';
/** Each partner has another form of the payload. */
const PAYLOADS = ['partnerCenter', 'cloudEvents'];
const STOREFRONTS_A_PARTNER = 4;
const LEAST_CARTS = 40;
const LONGEST_PAUSE_MS = 1_200;
/** How long a loaded machine may take until a storefront is served, and until the receiver is called. */
const TIME_LIMIT_MS = 60_000;
/** Above the time in which the last event is due, its attempts and a watchdog check. */
const REST_WITHIN_MS = 240_000;
const WAITING = [QUEUES.webhookDeliveries, `${TOPICS.cartEvents}/Subscriptions/${SUBSCRIPTIONS.webhooks}`];

let folder: string;
let receiver: FaultyReceiver;
let service: Running;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'webhook-kills-'));
  const authority = await newAuthority();
  const trusted = join(folder, 'authority.pem');
  await writeFile(trusted, authority.cert);
  receiver = await startFaultyReceiver(
    await newCertificate({ name: 'localhost' }, authority),
    randomOf(seed),
  );
  service = await startMortal('ledger', {
    NODE_EXTRA_CA_CERTS: trusted,
    CART_LIFETIME: 'PT12S',
    EXPIRY_NOTICES: 'PT6S',
    WEBHOOK_TIMEOUT: 'PT0.5S',
    WEBHOOK_RETRY_BASE: 'PT0.2S',
    WEBHOOK_WATCHDOG: 'PT3S',
    WEBHOOK_MAX_ATTEMPTS: '20',
    WEBHOOK_RATE_LIMIT: '0',
  });
});
afterAll(async () => {
  await service?.stop();
  await receiver?.close();
  await rm(folder, { recursive: true, force: true });
});

it('Every event arrives at the webhook of its partner, and repeats have the same id, when hosts are killed', {
  timeout: depth.timeLimitMs,
}, async () => {
  const traffic: Traffic = { inFlight: 0, answered: 0, cut: 0 };
  const problems: string[] = [];
  const promised: string[] = [];
  const partners = await Promise.all(PAYLOADS.map(registerPartner));
  const doors = { areOpen: true };
  const storefronts = partners.flatMap(({ call }, n) =>
    Array.from({ length: STOREFRONTS_A_PARTNER }, async (_, m) => {
      const random = randomOf(seed + 10 * n + m + 1);
      const ask = persistent(call, traffic, random);
      while (doors.areOpen) promised.push(...(await serveCustomer(ask, random)));
    }),
  );
  const open = Promise.all(storefronts).catch((error: unknown) => problems.push(String(error)));

  const during = await killHosts(randomOf(seed - 1), { traffic, problems });
  await eventually(async () => promised.length >= LEAST_CARTS || problems.length > 0, 60_000);
  doors.areOpen = false;
  await open;
  await becomeIdle(promised, partners);
  const published = (await takeEvents(service.serviceBusConnection)).filter(({ type }) => eventNameOf(type));

  const ids = new Set(receiver.received.map(({ webhookId }) => webhookId));
  console.log(
    [
      `webhooks: ${depth.webhookKills} kills of the host (${during} during calls)`,
      `${promised.length} carts, ${new Set(published.map(keyOfEvent)).size} events`,
      `${receiver.received.length} requests received, ${receiver.received.length - ids.size} of them repeats`,
      `faults: ${[...receiver.met].map(([fault, count]) => `${fault} ${count}`).join(', ')}; seed ${seed}`,
    ].join('; '),
  );
  expect(
    [
      ...problems,
      ...receiver.problems,
      ...(await judge(promised, published)),
      ...(await leftovers(partners)),
    ],
    `again: ${repeatCommand(FILE, { seed })}`,
  ).toEqual([]);
  expect(during).toBeGreaterThanOrEqual(depth.webhookKills / 2);
  expect(receiver.received.length).toBeGreaterThan(ids.size);
  expect([...receiver.met.keys()].sort()).toEqual([...RECEIVER_FAULTS, 'accept'].sort());
});

/** Kills the host by turns while the receiver is called, and at any moment; returns how often it was being called. */
async function killHosts(
  random: Random,
  { traffic, problems }: { traffic: Traffic; problems: readonly string[] },
): Promise<number> {
  let during = 0;
  for (let n = 0; n < depth.webhookKills && problems.length === 0; n++) {
    const { answered } = traffic;
    await eventually(async () => traffic.answered > answered || problems.length > 0, TIME_LIMIT_MS);
    if (n % 2 === 0) await eventually(async () => receiver.openCalls() > 0, TIME_LIMIT_MS);
    else await sleep(LONGEST_PAUSE_MS * random.next() ** 2);
    const { pid } = service.processes.host ?? {};
    if (receiver.openCalls() > 0) during++;
    await service.kill('host', 'SIGKILL');
    await service.up('host');
    expect(service.processes.host?.pid).not.toBe(pid);
  }
  return during;
}

interface Partner {
  tenant: string;
  call: CallService;
}

/** A new partner whose webhook receives every event of carts in a form of the payload. */
async function registerPartner(payload: string): Promise<Partner> {
  const tenant = randomUUID();
  const token = await service.token({ tenant, user: randomUUID() });
  const call: CallService = (method, path, options) => service.call(method, path, { token, ...options });
  const WebhookEvents = ['cart-expiring', 'cart-expired', 'cart-ordered', 'cart-checkoutFailed'];
  const body = { WebhookUrl: receiver.urlOf(tenant), WebhookEvents, Payload: payload };
  const registered = await call('POST', REGISTRATION, { body });
  expect(registered.status).toBe(200);
  receiver.expectSecret(tenant, String(registered.body.Secret));
  return { tenant, call };
}

/** Serves a customer, who orders the cart or leaves it to expire; returns the event that must follow, if it is known. */
async function serveCustomer(ask: CallService, random: Random): Promise<string[]> {
  const carts = `/v1/customers/${randomUUID()}/carts`;
  const created = await ask('POST', carts, { body: { lineItems: [line()] } });
  // The first response was lost, and the host was down until the cart had expired: its id is not known.
  if (hasExpired(created)) return [];
  if (created.status !== 201) throw new Error(`A cart was answered with ${created.status}.`);
  const path = `${carts}/${created.body.id}`;
  await sleep(50 + random.below(200));
  if (random.chance(0.5)) return [`cart-expired ${path}`];
  const answer = await ask('POST', `${path}/checkout`);
  const { status, body } = answer;
  // A host that was down for long lets a cart expire before its checkout starts.
  if (hasExpired(answer)) return [`cart-expired ${path}`];
  if (status !== 201 && !(status === 409 && body.code === '800060')) {
    throw new Error(`A checkout was answered with ${status} ${JSON.stringify(body)}.`);
  }
  return [`cart-ordered ${path}`];
}

const hasExpired = ({ status, body }: Answer) => status === 404 && body.code === '800008';

/** An event as a receiver recognizes it: there is one threshold, so a cart has one event of each name. */
function keyOf({ body }: ReceivedDelivery): string {
  const payload = JSON.parse(body) as { EventName?: string; ResourceUri?: string } & CloudEvent;
  if (payload.EventName === undefined) return keyOfEvent(payload);
  return `${payload.EventName} ${new URL(payload.ResourceUri ?? '').pathname}`;
}

const keyOfEvent = ({ type, subject }: CloudEvent): string => `${eventNameOf(type)} /v1/${subject}`;

/** Waits until every promised event has been received, no delivery is pending, and no message is anywhere. */
async function becomeIdle(promised: readonly string[], partners: readonly Partner[]): Promise<void> {
  await eventually(async () => {
    const keys = new Set(receiver.received.map(keyOf));
    if (!promised.every((key) => keys.has(key))) return false;
    const counts = await Promise.all(WAITING.map((entity) => service.broker.counts(entity)));
    if (counts.some(({ active, locked, scheduled }) => active + locked + scheduled > 0)) return false;
    return (await deliveriesOf(partners)).every(({ state }) => state !== 'pending');
  }, REST_WITHIN_MS);
}

/** What is wrong with the deliveries: compared with what storefronts were promised and what the topic has. */
async function judge(promised: readonly string[], published: readonly CloudEvent[]): Promise<string[]> {
  const { received } = receiver;
  const tenants = new Map(published.map((event) => [keyOfEvent(event), event.partnertenantid]));
  const receivedKeys = new Set(received.map(keyOf));
  const several = (of: string, groups: [string, string][]) =>
    [...Map.groupBy(groups, ([name]) => name)]
      .filter(([, values]) => new Set(values.map(([, value]) => value)).size > 1)
      .map(([name]) => `${name} has several ${of}`);
  return [
    ...promised.filter((key) => !tenants.has(key)).map((key) => `never published: ${key}`),
    ...[...tenants.keys()].filter((key) => !receivedKeys.has(key)).map((key) => `never received: ${key}`),
    ...received
      .filter((delivery) => tenants.get(keyOf(delivery)) !== delivery.partner)
      .map((delivery) => `not an event of ${delivery.partner}: ${keyOf(delivery)}`),
    ...several(
      'webhook-ids',
      received.map((delivery) => [keyOf(delivery), delivery.webhookId]),
    ),
    ...several(
      'keys',
      received.map((delivery) => [delivery.webhookId, keyOf(delivery)]),
    ),
    ...several(
      'bodies',
      received.map(({ webhookId, body }) => [webhookId, body]),
    ),
    ...several(
      'event ids',
      published.map((event) => [keyOfEvent(event), event.id]),
    ),
  ];
}

async function deliveriesOf(partners: readonly Partner[]): Promise<Delivery[]> {
  const store = deliveryStore(new Table({ connectionString: service.storageConnection }, TABLES.webhooks));
  const pages = await Promise.all(partners.map(({ tenant }) => store.page(tenant, { most: 100_000 })));
  return pages.flatMap(({ deliveries }) => deliveries);
}

/** Deliveries that have not been recorded as delivered, and messages that were parked or dead-lettered. */
async function leftovers(partners: readonly Partner[]): Promise<string[]> {
  const dead = await Promise.all(
    WAITING.map(async (entity) => (await service.broker.counts(entity)).deadLettered),
  );
  const { active: parked } = await service.broker.counts(QUEUES.parked);
  return [
    ...(await deliveriesOf(partners))
      .filter(({ state }) => state !== 'delivered')
      .map(({ deliveryId, state, attempts }) => `${deliveryId} is ${state}: ${JSON.stringify(attempts)}`),
    ...dead.flatMap((count, n) => (count > 0 ? [`${count} dead letters of ${WAITING[n]}`] : [])),
    ...(parked > 0 ? [`${parked} messages are parked`] : []),
  ];
}
