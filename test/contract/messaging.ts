/** The guarantees of messaging that the protocols rely on, as a suite for any broker. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cartExpired } from '../../shared/cart/events.ts';
import type { CheckoutMessage } from '../../shared/checkout/message.ts';
import { readCheckoutMessage } from '../../shared/messaging/envelope.ts';
import type { CheckoutQueue, EventTopic, ParkedQueue } from '../../shared/ports.ts';
import { sampleCart } from './samples.ts';

/** A received message. */
export interface Received {
  id: string;
  body: unknown;
  properties: Record<string, unknown>;
  atMs: number;
}

export interface Messaging {
  checkouts: CheckoutQueue;
  parked: ParkedQueue;
  events: EventTopic;
  /** Receives and completes messages of an entity, until `count` or until none arrives for a second. */
  receive(from: 'checkout' | 'parked' | 'events', count: number): Promise<Received[]>;
  close(): Promise<void>;
}

/** The suite. `open` returns a broker that nothing else uses. */
export function describeMessaging(name: string, open: () => Promise<Messaging>): void {
  let messaging: Messaging;
  beforeAll(async () => {
    messaging = await open();
  });
  afterAll(() => messaging?.close());

  const message = (more: Partial<CheckoutMessage> = {}): CheckoutMessage => ({
    tenant: randomUUID(),
    customer: randomUUID(),
    cartId: randomUUID(),
    checkoutId: randomUUID(),
    attempt: 1,
    ...more,
  });

  describe(`The checkout queue: ${name}`, () => {
    it('A checkout message is delivered unchanged, under its id', async () => {
      const sent = message({ traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01` });

      await messaging.checkouts.send(sent, { id: `${sent.checkoutId}.1` });

      const [received] = await messaging.receive('checkout', 1);
      expect(received?.id).toBe(`${sent.checkoutId}.1`);
      expect(readCheckoutMessage(received?.body)).toEqual({ message: sent });
      expect(received?.properties.traceparent).toBe(sent.traceparent);
    });

    it('A message with the id of an earlier one is dropped, even if the earlier one was scheduled', async () => {
      const [now, later] = [message(), message()];
      await messaging.checkouts.send(later, { id: 'later', atMs: Date.now() + 300 });

      await messaging.checkouts.send(now, { id: 'now' });
      await messaging.checkouts.send(now, { id: 'now' });
      await messaging.checkouts.send(later, { id: 'later' });

      const received = await messaging.receive('checkout', 3);
      expect(received.map(({ id }) => id)).toEqual(['now', 'later']);
    });

    it('A scheduled message is not delivered before its time', async () => {
      const atMs = Date.now() + 400;
      await messaging.checkouts.send(message(), { id: 'scheduled', atMs });

      const [received] = await messaging.receive('checkout', 1);

      expect(received?.id).toBe('scheduled');
      expect(received?.atMs).toBeGreaterThanOrEqual(atMs - 5);
    });
  });

  it(`A message of the maximum size is parked without its description: ${name}`, async () => {
    const why = { id: 'large', source: 'bulk-orders', reason: 'Unreadable', description: 'x'.repeat(1_024) };
    const body = { some: 'x'.repeat(256 * 1_024 - 800) };

    await messaging.parked.park(body, why);

    const [received] = await messaging.receive('parked', 1);
    expect(received).toMatchObject({ id: 'large', body, properties: { reason: 'Unreadable' } });
  });

  it(`A message is parked with its source, reason and description: ${name}`, async () => {
    const why = { id: 'p1', source: 'checkout', reason: 'Unreadable', description: 'x'.repeat(5_000) };

    await messaging.parked.park({ some: 'body' }, why);

    const [received] = await messaging.receive('parked', 1);
    expect(received).toMatchObject({
      id: 'p1',
      body: { some: 'body' },
      properties: { source: 'checkout', reason: 'Unreadable' },
    });
  });

  it(`An event that is too large is truncated, marked and published: ${name}`, async () => {
    const event = cartExpired(sampleCart(Date.now()));
    const orderErrors = Array.from({ length: 99 }, () => ({ code: 0, description: 'x'.repeat(4_000) }));

    await messaging.events.publish({ ...event, data: { ...event.data, orderErrors } });

    const [received] = await messaging.receive('events', 1);
    expect(received).toMatchObject({ id: event.id, body: { data: { ...event.data, truncated: true } } });
  });

  it(`An event is published once under its id, to the subscription: ${name}`, async () => {
    const event = cartExpired(sampleCart(Date.now()));

    await messaging.events.publish(event);
    await messaging.events.publish(event);

    const received = await messaging.receive('events', 2);
    expect(received).toHaveLength(1);
    expect(received[0]).toMatchObject({ id: event.id, body: event });
  });
}
