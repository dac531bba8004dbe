/** Replays on a broker: interrupted, repeated and rate-limited ones, of some messages, and of messages that fail. */
import { ServiceBusClient } from '@azure/service-bus';
import { manualClock, type ServiceBusOptions, startServiceBus } from '@cartwright/servicebus-emulator';
import { afterAll, describe, expect, it } from 'vitest';
import { type ParkedMessage, replayOf } from '../../../cli/parked/message.ts';
import { peekAll } from '../../../cli/parked/peek.ts';
import { placesOf } from '../../../cli/parked/place.ts';
import { type ReplayOptions, replay } from '../../../cli/parked/replay.ts';
import entities from '../../../infra/servicebus.json' with { type: 'json' };

const QUEUES = Object.keys(entities.queues);

const close: (() => Promise<void>)[] = [];
afterAll(() => Promise.all(close.map((one) => one())));

/** A broker of one test, because the tests wait for locks and run at the same time, with what the tests do to it. */
async function openBroker(options: ServiceBusOptions = { entities }) {
  const broker = await startServiceBus(options);
  const client = new ServiceBusClient(broker.connectionString);
  const failures: string[] = [];
  close.push(async () => {
    await client.close();
    await broker.close();
  });
  return {
    broker,
    client,
    failures,
    async park(count: number, source?: string, first = 0): Promise<void> {
      await client.createSender('parked').sendMessages(
        Array.from({ length: count }, (_, i) => i + first).map((n) => ({
          body: { n },
          messageId: `${source}.${n}`,
          applicationProperties: { reason: 'Test', ...(source ? { source } : {}) },
        })),
      );
    },
    /** The messages of `parked`, and of the dead-letter queues of these queues. */
    async peekMessages(queues: string[] = []): Promise<ParkedMessage[]> {
      const peeking = new ServiceBusClient(broker.connectionString);
      return peekAll(peeking, placesOf(queues)).finally(() => peeking.close());
    },
    replayAll: (messages: readonly ParkedMessage[], more: Partial<ReplayOptions> = {}) =>
      replay(client, messages, {
        queues: QUEUES,
        onProgress: () => undefined,
        onFailure: (_, why) => failures.push(why),
        signal: new AbortController().signal,
        ...more,
      }),
    countsOf(queue: string) {
      const { active, locked, deadLettered } = broker.counts(queue);
      return { active, locked, deadLettered };
    },
  };
}

it.concurrent('A replay sends and completes every message, even more than one peek and one receiver return', async () => {
  const { park, peekMessages, replayAll, countsOf } = await openBroker();
  await park(300, 'checkout');

  const report = await replayAll(await peekMessages());

  expect(report).toEqual({ replayed: 300, failed: 0 });
  expect(countsOf('checkout').active).toBe(300);
  expect(countsOf('parked')).toEqual({ active: 0, locked: 0, deadLettered: 0 });
});

it.concurrent('A replay completes only the given messages and abandons the others', async () => {
  const { park, peekMessages, replayAll, countsOf } = await openBroker();
  await park(5, 'checkout');
  const messages = await peekMessages();

  const report = await replayAll(messages.slice(3, 4));

  expect(report).toEqual({ replayed: 1, failed: 0 });
  expect(countsOf('checkout').active).toBe(1);
  expect(countsOf('parked')).toEqual({ active: 4, locked: 0, deadLettered: 0 });
});

it.concurrent('A replay reaches messages behind more than one receiver can lock, and abandons all others when it is interrupted', async () => {
  const { park, peekMessages, replayAll, countsOf } = await openBroker();
  for (let first = 0; first < 2_100; first += 350) await park(350, 'checkout', first);
  const messages = await peekMessages();
  const interrupt = new AbortController();
  const onProgress = () => interrupt.abort();

  const report = await replayAll(messages.slice(-20), { signal: interrupt.signal, onProgress });

  expect(messages).toHaveLength(2_100);
  expect(report).toEqual({ replayed: 1, failed: 0 });
  expect(countsOf('checkout').active).toBe(1);
  expect(countsOf('parked')).toEqual({ active: 2_099, locked: 0, deadLettered: 0 });
});

it.concurrent('A replay returns a dead letter unchanged to its queue', async () => {
  const { peekMessages, replayAll, countsOf, client } = await openBroker();
  const sent = { body: { text: 'é' }, messageId: 'c.1', correlationId: 'c', contentType: 'application/json' };
  await client.createSender('checkout').sendMessages({ ...sent, applicationProperties: { source: 'mine' } });
  const receiver = client.createReceiver('checkout');
  const [message] = await receiver.receiveMessages(1);
  const why = { deadLetterReason: 'Bug', deadLetterErrorDescription: 'Ten times.' };
  if (message) await receiver.deadLetterMessage(message, why);
  await receiver.close();

  const report = await replayAll(await peekMessages(QUEUES));

  const [back] = await client.createReceiver('checkout').receiveMessages(1);
  expect(report).toEqual({ replayed: 1, failed: 0 });
  expect(back).toMatchObject({ ...sent, messageId: expect.stringMatching(/^c\.1\.replay\./) });
  expect(back?.applicationProperties).toEqual({ source: 'mine' });
  expect(countsOf('checkout').deadLettered).toBe(0);
});

it.concurrent('A replay that is run again continues where it was interrupted', async () => {
  const { park, peekMessages, replayAll, countsOf } = await openBroker();
  await park(10, 'checkout');
  const interrupt = new AbortController();

  const first = await replayAll(await peekMessages(), {
    signal: interrupt.signal,
    onProgress: ({ replayed }) => replayed === 4 && interrupt.abort(),
  });
  const between = countsOf('parked');
  const second = await replayAll(await peekMessages());

  expect(first.replayed).toBe(4);
  expect(between).toEqual({ active: 6, locked: 0, deadLettered: 0 });
  expect(second.replayed).toBe(6);
  expect(countsOf('checkout').active).toBe(10);
});

it.concurrent('A replay that crashed between sending and completing sends no message twice', async () => {
  const { park, peekMessages, replayAll, countsOf, client } = await openBroker();
  await park(1, 'checkout');
  const [message] = (await peekMessages()) as [ParkedMessage];
  await client.createSender('checkout').sendMessages(replayOf(message));

  const report = await replayAll(await peekMessages());

  expect(report.replayed).toBe(1);
  expect(countsOf('checkout').active).toBe(1);
  expect(countsOf('parked').active).toBe(0);
});

it.concurrent('A replay does not exceed its rate', async () => {
  const { park, peekMessages, replayAll } = await openBroker();
  await park(4, 'checkout');
  const began = performance.now();

  await replayAll(await peekMessages(), { rate: 10 });

  expect(performance.now() - began).toBeGreaterThanOrEqual(300);
});

describe.concurrent('Replays that are slower than a lock lasts', () => {
  const parked = { ...entities.queues.parked, lockDuration: 'PT5S' };
  const SHORT_LOCKS = { entities: { ...entities, queues: { ...entities.queues, parked } } };

  it('A slow replay renews the locks of the current message and of the others', async () => {
    const { park, peekMessages, replayAll, countsOf } = await openBroker(SHORT_LOCKS);
    await park(3, 'checkout');
    const messages = await peekMessages();

    const report = await replayAll(messages.slice(1), { rate: 0.15 });
    const [abandoned] = await peekMessages();

    expect(report).toEqual({ replayed: 2, failed: 0 });
    expect(countsOf('checkout').active).toBe(2);
    expect(countsOf('parked')).toEqual({ active: 1, locked: 0, deadLettered: 0 });
    expect(abandoned?.received.deliveryCount).toBe(1);
  });

  it('A slow replay sends no further message when it is interrupted while it waits', async () => {
    const { park, peekMessages, replayAll, countsOf } = await openBroker(SHORT_LOCKS);
    await park(2, 'checkout');
    const interrupt = new AbortController();
    const onProgress = () => setTimeout(() => interrupt.abort(), 500);

    const report = await replayAll(await peekMessages(), {
      rate: 0.01,
      signal: interrupt.signal,
      onProgress,
    });

    expect(report).toEqual({ replayed: 1, failed: 0 });
    expect(countsOf('checkout').active).toBe(1);
    expect(countsOf('parked')).toEqual({ active: 1, locked: 0, deadLettered: 0 });
  });
});

describe.concurrent('Replays that lose their locks', () => {
  it('A replay that loses a lock reports that the message was sent and is still parked', async () => {
    const clock = manualClock();
    const { park, peekMessages, replayAll, countsOf, failures } = await openBroker({ entities, clock });
    await park(2, 'checkout');

    const report = await replayAll(await peekMessages(), { onProgress: () => clock.advance(60_000) });

    expect(report).toEqual({ replayed: 1, failed: 1 });
    expect(failures).toEqual([expect.stringContaining('it was sent, but is still here as well')]);
    expect(countsOf('checkout').active).toBe(2);
    expect(countsOf('parked')).toEqual({ active: 1, locked: 0, deadLettered: 0 });
  });

  it('A replay ends even if the other messages are redelivered repeatedly', async ({ onTestFinished }) => {
    const clock = manualClock();
    const { park, peekMessages, replayAll, broker } = await openBroker({ entities, clock });
    await park(3, 'checkout');
    const [first] = (await peekMessages()) as [ParkedMessage];
    const time = setInterval(() => clock.advance(60_000), 20);
    onTestFinished(() => clearInterval(time));

    const report = await replayAll([{ ...first, sequenceNumber: '1000' }]);

    expect(report).toEqual({ replayed: 0, failed: 0 });
    expect(broker.counts('parked').deadLettered).toBe(0);
  });
});

describe.concurrent('Messages that cannot be replayed', () => {
  it.each([
    ['names no queue', undefined, 'it does not name the queue it came from'],
    ['names a queue that the namespace does not have', 'elsewhere', 'it came from elsewhere'],
  ])('A message that %s fails with the reason and stays parked', async (_, source, reason) => {
    const { park, peekMessages, replayAll, countsOf, failures } = await openBroker();
    await park(1, source);

    const report = await replayAll(await peekMessages());

    expect(report).toEqual({ replayed: 0, failed: 1 });
    expect(failures).toEqual([expect.stringContaining(reason)]);
    expect(countsOf('parked')).toEqual({ active: 1, locked: 0, deadLettered: 0 });
  });

  it('A message that its queue rejects fails with the reason and stays parked', async () => {
    const { park, peekMessages, replayAll, countsOf, broker, failures } = await openBroker();
    await park(1, 'checkout');
    const error = { condition: 'amqp:resource-limit-exceeded', description: 'The queue is full.' };
    broker.faults.rejectNextSend(error, 'checkout');

    const report = await replayAll(await peekMessages());

    expect(report).toEqual({ replayed: 0, failed: 1 });
    expect(failures).toEqual([expect.stringContaining('The queue is full.')]);
    expect(countsOf('parked').active).toBe(1);
  });
});

it.concurrent('A replay leaves messages that another receiver has locked', async () => {
  const { park, peekMessages, replayAll, countsOf, client } = await openBroker();
  await park(1, 'checkout');
  const messages = await peekMessages();
  const receiver = client.createReceiver('parked');
  await receiver.receiveMessages(1);

  const report = await replayAll(messages);

  expect(report).toEqual({ replayed: 0, failed: 0 });
  expect(countsOf('parked').locked).toBe(1);
});
