// Parcels without AMQP, for the tests of what the queues do with them.

import type { Message, Parcel } from '../src/message.ts';

/** A parcel with the given message id and 10 bytes to its name. */
export function parcel(messageId: string, more: Partial<Parcel> = {}): Parcel {
  return {
    messageId,
    sizeBytes: 10,
    timeToLiveMs: Infinity,
    scheduledForMs: undefined,
    sections: {
      header: undefined,
      annotations: undefined,
      properties: Buffer.alloc(0),
      applicationProperties: undefined,
      body: Buffer.alloc(0),
    },
    ...more,
  };
}

/** The message id, which is what the tests tell messages apart by. */
export function idOf(message: Message | undefined): string | undefined {
  return message?.parcel.messageId;
}

/** The token a message is locked with; fails when it is not locked. */
export function tokenOf(message: Message | undefined): string {
  if (!message?.lock) throw new Error('The message is not locked');
  return message.lock.token;
}
