/**
 * Follows a subscription of the topic. By default events are peeked, so that every consumer of the subscription still
 * gets them; an event that a consumer has completed before the next peek is not shown. With `--consume` they are received.
 */
import type { ServiceBusReceiver } from '@azure/service-bus';
import type { CloudEvent } from '../../shared/events/cloudEvent.ts';
import { TOPICS } from '../../shared/messaging/queueNames.ts';
import { busError, connect } from '../parked/connect.ts';
import { type Output, printable } from '../terminal.ts';
import type { EventsRequest } from './command.ts';

const PAGE_SIZE = 100;
/** How long to wait for the next events, in milliseconds. */
const PAUSE_MS = 500;

/** Prints events until the given number is printed or the signal aborts. Returns how many were printed. Throws Refused when the namespace does not answer. */
export async function listen(request: EventsRequest, out: Output, signal: AbortSignal): Promise<number> {
  const client = await connect(request.connection);
  const receiver = client.createReceiver(TOPICS.cartEvents, request.subscription, {
    receiveMode: 'receiveAndDelete',
  });
  let printed = 0;
  try {
    const isDone = () => signal.aborted || printed >= (request.count ?? Number.POSITIVE_INFINITY);
    // What can no longer be printed, as behind `head -1`, must not be received any more.
    while (!isDone() && (await out.failure()) === undefined) {
      const events = request.consumes ? await receive(receiver) : await peek(receiver);
      for (const event of events.filter((one) => matches(one, request))) {
        if (isDone()) break;
        out.line(request.json ? JSON.stringify(event) : printable(lineOf(event)));
        printed++;
      }
      if (events.length === 0 && !isDone()) await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  } catch (error) {
    throw busError(error);
  } finally {
    await client.close();
  }
  return printed;
}

const receive = async (receiver: ServiceBusReceiver) =>
  (await receiver.receiveMessages(PAGE_SIZE, { maxWaitTimeInMs: PAUSE_MS })).map(
    ({ body }) => body as CloudEvent,
  );

/** The receiver continues after what it has peeked. */
const peek = async (receiver: ServiceBusReceiver) =>
  (await receiver.peekMessages(PAGE_SIZE)).map(({ body }) => body as CloudEvent);

/** Whether an event passes the filters. */
export function matches(
  { type, partnertenantid, data }: CloudEvent,
  { types, tenant, customer, cart }: Pick<EventsRequest, 'types' | 'tenant' | 'customer' | 'cart'>,
): boolean {
  const isOfType = (wanted: string) => type === wanted || type.startsWith(`${wanted}.`);
  return (
    (types.length === 0 || types.some(isOfType)) &&
    (tenant === undefined || partnertenantid === tenant) &&
    (customer === undefined || data.customerId === customer) &&
    (cart === undefined || data.cartId === cart)
  );
}

/** An event as one line: time, type, subject, and the members of its data that are not in the subject. */
export function lineOf({ time, type, subject, data }: CloudEvent): string {
  const { partnerTenantId: _, customerId: __, cartId: ___, ...rest } = data;
  const members = Object.entries(rest).map(([name, value]) => `${name}=${textOf(value)}`);
  return [time, type, subject, ...members].join('  ');
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
