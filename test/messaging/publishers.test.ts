/** The messages of each publisher: their entity, id and time. */
import type { ServiceBusMessage } from '@azure/service-bus';
import { beforeEach, expect, it } from 'vitest';
import { cartExpired } from '../../shared/cart/events.ts';
import type { Bus } from '../../shared/messaging/bus.ts';
import { readCheckoutMessage } from '../../shared/messaging/envelope.ts';
import { checkoutQueue, eventTopic, parkedQueue } from '../../shared/messaging/publishers.ts';
import { cartOf, inCheckout, KEY, NOW } from '../support/samples.ts';

const MESSAGE = { ...KEY, checkoutId: inCheckout().checkout.id, attempt: 1 };

let sent: { entity: string; message: ServiceBusMessage; atMs: number | undefined }[];
const bus: Bus = {
  send: async (entity, message, atMs) => void sent.push({ entity, message, atMs }),
  async sendAll(entity, messages) {
    for (const message of messages)
      sent.push({ entity, message, atMs: message.scheduledEnqueueTimeUtc?.getTime() });
  },
  ping: async () => undefined,
  close: async () => undefined,
};
beforeEach(() => {
  sent = [];
});

it('A checkout message is sent under its id, in its envelope and with its trace context', async () => {
  const message = { ...MESSAGE, traceparent: '00-a-b-01' };

  await checkoutQueue(bus).send(message, { id: 'x.1', atMs: NOW });

  const [only] = sent;
  expect(only).toMatchObject({
    entity: 'checkout',
    atMs: NOW,
    message: {
      messageId: 'x.1',
      correlationId: MESSAGE.checkoutId,
      contentType: 'application/json',
      applicationProperties: { traceparent: '00-a-b-01' },
    },
  });
  expect(readCheckoutMessage(only?.message.body)).toEqual({ message });
});

it('A checkout message without a time is sent immediately', async () => {
  await checkoutQueue(bus).send(MESSAGE, { id: 'x.1' });

  expect(sent).toMatchObject([{ atMs: undefined }]);
  expect(sent[0]?.message).not.toHaveProperty('applicationProperties');
});

it('A message is parked unchanged, with the reason as properties and a truncated description', async () => {
  const why = { id: 'p', source: 'checkout', reason: 'Unreadable', description: 'x'.repeat(5_000) };

  await parkedQueue(bus).park({ any: 'thing' }, why);

  expect(sent).toMatchObject([
    {
      entity: 'parked',
      message: {
        messageId: 'p',
        subject: 'checkout',
        body: { any: 'thing' },
        applicationProperties: { source: 'checkout', reason: 'Unreadable', description: 'x'.repeat(1_024) },
      },
    },
  ]);
});

it('Parking is not repeated after an error of the broker other than the size of the message', async () => {
  const why = { id: 'p', source: 'checkout', reason: 'Unreadable', description: 'x' };
  let tries = 0;
  const send = async () => {
    tries++;
    throw Object.assign(new Error('Busy.'), { code: 'ServiceBusy' });
  };

  await expect(parkedQueue({ ...bus, send }).park({}, why)).rejects.toThrow('Busy.');
  expect(tries).toBe(1);
});

it('An exhausted checkout is parked as the message that replays it', async () => {
  const why = { id: 'p', source: 'checkout', reason: 'AttemptsExhausted', description: 'Closed.' };

  await parkedQueue(bus).parkExpired(MESSAGE, why);

  expect(sent).toMatchObject([{ entity: 'parked', message: { messageId: 'p', subject: 'checkout' } }]);
  expect(readCheckoutMessage(sent[0]?.message.body)).toEqual({ replay: MESSAGE });
});

it('An event that is too large for the broker is truncated, marked and published under its own id', async () => {
  const orderErrors = Array.from({ length: 99 }, (_, n) => ({
    orderGroupId: `${n}`,
    description: '🛒'.repeat(4_000),
  }));
  const event = { ...cartExpired(cartOf()), data: { customerId: KEY.customer, orderErrors } };
  for (const [maxBytes, entries] of [
    [64_000, 20],
    [1_000, 0],
  ] as const) {
    sent = [];
    const send: Bus['send'] = async (entity, message, atMs) => {
      if (JSON.stringify(message.body).length > maxBytes)
        throw Object.assign(new Error('Too large.'), { code: 'MessageSizeExceeded' });
      await bus.send(entity, message, atMs);
    };

    await eventTopic({ ...bus, send }).publish(event);

    const [only] = sent;
    expect(only?.message.messageId).toBe(event.id);
    expect(only?.message.body).toMatchObject({
      id: event.id,
      data: { customerId: KEY.customer, truncated: true },
    });
    expect(only?.message.body.data.orderErrors).toHaveLength(entries);
    expect(JSON.stringify(only?.message.body)).not.toMatch(/\\ud8/);
  }
});

it('Publishing an event is not repeated after an error of the broker other than the size of the message', async () => {
  let sends = 0;
  const send = async () => {
    sends++;
    throw Object.assign(new Error('Busy.'), { code: 'ServiceBusy' });
  };

  await expect(eventTopic({ ...bus, send }).publish(cartExpired(cartOf()))).rejects.toThrow('Busy.');
  expect(sends).toBe(1);
});

it('An event is published in structured mode under its own id', async () => {
  const event = cartExpired(cartOf());

  await eventTopic(bus).publish(event);

  expect(sent).toMatchObject([
    {
      entity: 'cart-events',
      message: {
        messageId: event.id,
        contentType: 'application/cloudevents+json; charset=utf-8',
        subject: 'cart.expired.v1',
        body: event,
      },
    },
  ]);
});
