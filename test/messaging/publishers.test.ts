/** What each sender puts on the bus: where it goes, under which id, and when. */
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

it('sends a checkout message under its id, in its envelope, with its trace', async () => {
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

it('sends a checkout message at once when it names no time', async () => {
  await checkoutQueue(bus).send(MESSAGE, { id: 'x.1' });

  expect(sent).toMatchObject([{ atMs: undefined }]);
  expect(sent[0]?.message).not.toHaveProperty('applicationProperties');
});

it('parks a message as it was, with the reason as properties, cut to what they hold', async () => {
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

it('parks nothing twice that the broker does not take for another reason than its size', async () => {
  const why = { id: 'p', source: 'checkout', reason: 'Unreadable', description: 'x' };
  let tries = 0;
  const send = async () => {
    tries++;
    throw Object.assign(new Error('Busy.'), { code: 'ServiceBusy' });
  };

  await expect(parkedQueue({ ...bus, send }).park({}, why)).rejects.toThrow('Busy.');
  expect(tries).toBe(1);
});

it('parks a checkout that was given up as the message that begins it again', async () => {
  const why = { id: 'p', source: 'checkout', reason: 'AttemptsExhausted', description: 'Closed.' };

  await parkedQueue(bus).parkExpired(MESSAGE, why);

  expect(sent).toMatchObject([{ entity: 'parked', message: { messageId: 'p', subject: 'checkout' } }]);
  expect(readCheckoutMessage(sent[0]?.message.body)).toEqual({ again: MESSAGE });
});

it('publishes an event in structured mode under the event’s own id', async () => {
  const event = cartExpired(cartOf());

  await eventTopic(bus).publish(event);

  expect(sent).toMatchObject([
    {
      entity: 'cart-events',
      message: {
        messageId: event.id,
        contentType: 'application/cloudevents+json; charset=utf-8',
        subject: 'cart.expired',
        body: event,
      },
    },
  ]);
});
