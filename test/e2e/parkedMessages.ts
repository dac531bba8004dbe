/**
 * The parked messages of a running service. They are peeked, never received: several test files look for their own in
 * the same queue.
 */
import {
  ServiceBusClient,
  type ServiceBusReceivedMessage,
  type ServiceBusReceiver,
} from '@azure/service-bus';
import { eventually, type Service } from './running.ts';

type Broker = Pick<Service, 'serviceBusConnection'>;
type IsMine = (message: ServiceBusReceivedMessage) => boolean;

const PAGE = 1_000;

/** The parked messages of a test, or the dead-lettered ones of the queue. */
export const parkedNow = (
  service: Broker,
  isMine: IsMine,
  options: { subQueueType?: 'deadLetter' } = {},
): Promise<ServiceBusReceivedMessage[]> =>
  withClient(service, (client) => nextPages(client.createReceiver('parked', options), isMine));

/** The parked messages of a test, as soon as there are so many. */
export const parkedSoon = (
  service: Broker,
  isMine: IsMine,
  count = 1,
): Promise<ServiceBusReceivedMessage[]> =>
  withClient(service, async (client) => {
    const receiver = client.createReceiver('parked');
    const found: ServiceBusReceivedMessage[] = [];
    await eventually(async () => found.push(...(await nextPages(receiver, isMine))) >= count, 60_000);
    return found;
  });

/** Every peek begins after the last message of the one before: by the client, whichever the receiver. */
async function withClient<Found>(
  { serviceBusConnection }: Broker,
  find: (client: ServiceBusClient) => Promise<Found>,
): Promise<Found> {
  const client = new ServiceBusClient(serviceBusConnection);
  try {
    return await find(client);
  } finally {
    await client.close();
  }
}

async function nextPages(receiver: ServiceBusReceiver, isMine: IsMine): Promise<ServiceBusReceivedMessage[]> {
  const found: ServiceBusReceivedMessage[] = [];
  for (let page = await receiver.peekMessages(PAGE); page.length > 0; ) {
    found.push(...page.filter(isMine));
    page = await receiver.peekMessages(PAGE);
  }
  return found;
}

/** Whether a message is about this cart. */
export const isAboutCart =
  (cartId: string): IsMine =>
  ({ body }) =>
    (body as { data?: { cartId?: string } } | undefined)?.data?.cartId === cartId;
