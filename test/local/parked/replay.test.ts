/** Replaying on a broker: interrupted, repeated, paced, in part, and with messages that cannot go back. */
import { ServiceBusClient } from '@azure/service-bus';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import entities from '../../../infra/servicebus.json' with { type: 'json' };
import { lookInto } from '../../../local/parked/look.ts';
import { type ParkedMessage, replayOf } from '../../../local/parked/message.ts';
import { placesOf } from '../../../local/parked/place.ts';
import { type ReplayOptions, replay } from '../../../local/parked/replay.ts';
import { type ServiceBusEmulator, startServiceBus } from '../../../local/servicebus/emulator.ts';

const QUEUES = Object.keys(entities.queues);

let broker: ServiceBusEmulator;
let client: ServiceBusClient;
let failures: string[];
beforeEach(async () => {
  broker = await startServiceBus({ entities });
  client = new ServiceBusClient(broker.connectionString);
  failures = [];
});
afterEach(async () => {
  await client.close();
  await broker.close();
});

async function park(count: number, source?: string): Promise<void> {
  await client.createSender('parked').sendMessages(
    Array.from({ length: count }, (_, n) => ({
      body: { n },
      messageId: `${source}.${n}`,
      applicationProperties: { reason: 'Test', ...(source ? { source } : {}) },
    })),
  );
}
async function look(): Promise<ParkedMessage[]> {
  const looking = new ServiceBusClient(broker.connectionString);
  return lookInto(looking, placesOf(QUEUES)).finally(() => looking.close());
}
const replayAll = (messages: readonly ParkedMessage[], more: Partial<ReplayOptions> = {}) =>
  replay(client, messages, {
    queues: QUEUES,
    onProgress: () => undefined,
    onFailure: (_, why) => failures.push(why),
    signal: new AbortController().signal,
    ...more,
  });
const countsOf = (queue: string) => {
  const { active, locked, deadLettered } = broker.counts(queue);
  return { active, locked, deadLettered };
};

it('sends each back and takes it out, more than one look and one lock reach', async () => {
  await park(300, 'checkout');

  const report = await replayAll(await look());

  expect(report).toEqual({ replayed: 300, failed: 0 });
  expect(countsOf('checkout').active).toBe(300);
  expect(countsOf('parked')).toEqual({ active: 0, locked: 0, deadLettered: 0 });
});

it('takes what it was given, and lets go what it passed over', async () => {
  await park(5, 'checkout');
  const messages = await look();

  const report = await replayAll(messages.slice(3, 4));

  expect(report).toEqual({ replayed: 1, failed: 0 });
  expect(countsOf('checkout').active).toBe(1);
  expect(countsOf('parked')).toEqual({ active: 4, locked: 0, deadLettered: 0 });
});

it('brings a dead letter back to its queue, as it was', async () => {
  const sent = { body: { text: 'é' }, messageId: 'c.1', correlationId: 'c', contentType: 'application/json' };
  await client.createSender('checkout').sendMessages({ ...sent, applicationProperties: { source: 'mine' } });
  const receiver = client.createReceiver('checkout');
  const [message] = await receiver.receiveMessages(1);
  const why = { deadLetterReason: 'Bug', deadLetterErrorDescription: 'Ten times.' };
  if (message) await receiver.deadLetterMessage(message, why);
  await receiver.close();

  const report = await replayAll(await look());

  const [back] = await client.createReceiver('checkout').receiveMessages(1);
  expect(report).toEqual({ replayed: 1, failed: 0 });
  expect(back).toMatchObject({ ...sent, messageId: expect.stringMatching(/^c\.1\.replay\./) });
  expect(back?.applicationProperties).toEqual({ source: 'mine' });
  expect(countsOf('checkout').deadLettered).toBe(0);
});

it('goes on where it was interrupted', async () => {
  await park(10, 'checkout');
  const interrupt = new AbortController();

  const first = await replayAll(await look(), {
    signal: interrupt.signal,
    onProgress: ({ replayed }) => replayed === 4 && interrupt.abort(),
  });
  const between = countsOf('parked');
  const second = await replayAll(await look());

  expect([first.replayed, between, second.replayed]).toEqual([
    4,
    { active: 6, locked: 0, deadLettered: 0 },
    6,
  ]);
  expect(countsOf('checkout').active).toBe(10);
});

it('that died between sending and completing sends nothing twice', async () => {
  await park(1, 'checkout');
  const [message] = (await look()) as [ParkedMessage];
  await client.createSender('checkout').sendMessages(replayOf(message));

  const report = await replayAll(await look());

  expect(report.replayed).toBe(1);
  expect(countsOf('checkout').active).toBe(1);
  expect(countsOf('parked').active).toBe(0);
});

it('keeps to the rate', async () => {
  await park(4, 'checkout');
  const began = performance.now();

  await replayAll(await look(), { rate: 10 });

  expect(performance.now() - began).toBeGreaterThanOrEqual(300);
});

describe('a message that cannot go back', () => {
  it.each([
    ['names no source', undefined, 'nowhere that it names'],
    ['names one that is not here', 'elsewhere', 'it came from elsewhere'],
  ])('because it %s fails with the reason and stays', async (_, source, reason) => {
    await park(1, source);

    const report = await replayAll(await look());

    expect(report).toEqual({ replayed: 0, failed: 1 });
    expect(failures).toEqual([expect.stringContaining(reason)]);
    expect(countsOf('parked')).toEqual({ active: 1, locked: 0, deadLettered: 0 });
  });

  it('because its queue refuses it fails with the reason and stays', async () => {
    await park(1, 'checkout');
    const error = { condition: 'amqp:resource-limit-exceeded', description: 'The queue is full.' };
    broker.faults.refuseNextSend(error, 'checkout');

    const report = await replayAll(await look());

    expect(report).toEqual({ replayed: 0, failed: 1 });
    expect(failures).toEqual([expect.stringContaining('The queue is full.')]);
    expect(countsOf('parked').active).toBe(1);
  });
});

it('leaves alone what somebody else holds', async () => {
  await park(1, 'checkout');
  const messages = await look();
  const receiver = client.createReceiver('parked');
  await receiver.receiveMessages(1);

  const report = await replayAll(messages);

  expect(report).toEqual({ replayed: 0, failed: 0 });
  expect(countsOf('parked').locked).toBe(1);
});
