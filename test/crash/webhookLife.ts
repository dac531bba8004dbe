/**
 * The life of one delivery on real storage and a real broker, with a receiver that fails once: a process starts the
 * delivery, works on its messages and sweeps; when it dies, the next one takes over.
 */
import { randomUUID } from 'node:crypto';
import { ServiceBusClient } from '@azure/service-bus';
import { cartExpired } from '../../shared/cart/events.ts';
import { readWebhookMessage } from '../../shared/messaging/envelope.ts';
import { QUEUES } from '../../shared/messaging/queueNames.ts';
import { ledgerGateway } from '../../shared/orders/gateways/ledger.ts';
import type { Ports } from '../../shared/ports.ts';
import { runDelivery } from '../../shared/webhooks/runDelivery.ts';
import { runDeliveryDueActions } from '../../shared/webhooks/runDueActions.ts';
import { deliverEvent } from '../../shared/webhooks/startDelivery.ts';
import { randomOf } from '../support/random.ts';
import { cartOf, DAY, MINUTE, SECOND } from '../support/samples.ts';
import { POLICY, registrationOf } from '../webhooks/samples.ts';
import { type Fault, type Mortal, mortal } from './point.ts';
import { portsOfRun } from './ports.ts';
import type { Stack } from './stack.ts';

/** How a lost process is replaced: the broker redelivers its message, or the message is lost and the sweeper finds the work. */
export const WEBHOOK_RECOVERIES = ['redelivery', 'sweep'] as const;
export type WebhookRecovery = (typeof WEBHOOK_RECOVERIES)[number];

export interface WebhookReport {
  points: string[];
  fired: boolean;
  problems: string[];
}

const ROUNDS = 30;

export async function runWebhookLife(
  stack: Stack,
  { fault, recovery }: { fault?: Fault; recovery: WebhookRecovery },
): Promise<WebhookReport> {
  await stack.clear();
  const tenant = randomUUID();
  const ids: (string | undefined)[] = [];
  const portsOn = portsOfRun({ stack, gateway: ledgerGateway, random: randomOf(1) });
  const open = (): Ports => ({
    ...portsOn(stack.clients()),
    receiver: {
      async call({ headers }) {
        const status = ids.length === 0 ? 503 : 204;
        ids.push(headers['webhook-id']);
        return { status, headers: {}, text: '', durationMs: 1 };
      },
    },
  });
  const clean = open();
  await clean.registrations.insert(registrationOf({ tenant }));
  const event = { ...cartExpired(cartOf()), partnertenantid: tenant };
  const first = mortal(open(), fault);
  let process = first;
  const client = new ServiceBusClient(stack.broker.connectionString);
  const receiver = client.createReceiver(QUEUES.webhookDeliveries, { maxAutoLockRenewalDurationInMs: 0 });

  /** Whether it was done; false when it failed, or the process died and was replaced. */
  async function attempt(work: (ports: Ports) => Promise<unknown>): Promise<boolean> {
    const result = await Promise.race([
      work(process.ports).then(
        () => 'done',
        () => 'failed',
      ),
      process.death.then(() => 'died'),
    ]);
    if (result === 'died') process = mortal(open());
    return result === 'done';
  }

  async function work(): Promise<void> {
    for (;;) {
      const { active } = stack.broker.counts(QUEUES.webhookDeliveries);
      if (active === 0) return;
      for (const message of await receiver.receiveMessages(active, { maxWaitTimeInMs: 2_000 })) {
        const read = readWebhookMessage(message.body);
        if (!('message' in read)) throw new Error('The queue holds something else.');
        const isDone = await attempt((ports) => runDelivery(ports, read.message, POLICY));
        if (isDone || recovery === 'sweep') await receiver.completeMessage(message);
        else await receiver.abandonMessage(message);
      }
    }
  }

  const dueNow = () => Array.fromAsync(clean.due.due(stack.clock.now()));
  async function sweep(): Promise<void> {
    for (const entry of await dueNow()) {
      if ('deliveryId' in entry) await attempt((ports) => runDeliveryDueActions(ports, entry, POLICY));
    }
  }

  while (!(await attempt((ports) => deliverEvent(ports, event, POLICY)))) {
    // The broker redelivers the event.
  }
  const stateNow = async () => (await clean.deliveries.page(tenant, { most: 2 })).deliveries;
  let rounds = 0;
  for (; rounds < ROUNDS; rounds++) {
    await work();
    const [delivery] = await stateNow();
    if (delivery?.state === 'delivered' && process.isDead() === false && rounds > 2) break;
    await stack.clock.advance(30 * SECOND);
    await work();
    await stack.clock.advance(2 * MINUTE);
    await sweep();
  }
  const deliveries = await stateNow();
  const standing = await Array.fromAsync(clean.due.due(stack.clock.now() + 30 * DAY));
  await stack.clock.advance(8 * DAY);
  for (let n = 0; n < 3; n++) await sweep();
  const rest = [...(await stateNow()), ...(await dueNow())];
  await client.close();
  return {
    points: first.points,
    fired: first.fired(),
    problems: [
      ...(rounds === ROUNDS ? ['it never ended'] : []),
      ...(deliveries.length === 1 ? [] : [`there are ${deliveries.length} deliveries`]),
      ...(deliveries[0]?.state === 'delivered' ? [] : [`the delivery is ${deliveries[0]?.state}`]),
      ...(new Set(ids).size === 1 ? [] : [`the receiver got ${new Set(ids).size} webhook-ids`]),
      ...(ids.length >= 2 ? [] : ['the receiver was not called again']),
      ...(standing.length > 0 ? [] : ['the delivery has no due entry']),
      ...(rest.length === 0 ? [] : [`${rest.length} rows are left after the retention`]),
    ],
  };
}

export type { Mortal };
