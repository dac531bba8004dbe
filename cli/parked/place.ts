/**
 * Where messages are that could not be processed: the queue `parked`, and the dead-letter queue of every queue. The
 * queues are those of `infra/servicebus.json`, so that a new one is included without a change here.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ServiceBusClient, ServiceBusReceiver } from '@azure/service-bus';
import { repositoryFolder } from '../../local/stack/commands.ts';
import { QUEUES } from '../../shared/messaging/queueNames.ts';

export interface Place {
  queue: string;
  isDeadLetter: boolean;
}

/** The names of all queues. */
export async function queueNames(): Promise<string[]> {
  const file = join(repositoryFolder, 'infra/servicebus.json');
  const { queues } = JSON.parse(await readFile(file, 'utf8')) as { queues: Record<string, unknown> };
  return Object.keys(queues);
}

/** The places of these queues, `parked` first. */
export const placesOf = (queues: readonly string[]): Place[] => [
  { queue: QUEUES.parked, isDeadLetter: false },
  ...queues.map((queue) => ({ queue, isDeadLetter: true })),
];

/** The place as Service Bus addresses it. */
export const pathOf = ({ queue, isDeadLetter }: Place): string =>
  isDeadLetter ? `${queue}/$DeadLetterQueue` : queue;

/** A receiver at a place. Bodies stay bytes, so that a replay sends what was parked. */
export function receiverAt(client: ServiceBusClient, { queue, isDeadLetter }: Place): ServiceBusReceiver {
  return client.createReceiver(queue, {
    ...(isDeadLetter ? { subQueueType: 'deadLetter' } : {}),
    skipParsingBodyAsJson: true,
    // The SDK renews locks by message id, which a message from another sender may not have.
    maxAutoLockRenewalDurationInMs: 0,
  });
}
