/** Messages without AMQP sections, for the tests of queues and intakes. */

import type { Message, SentMessage } from '../src/message.ts';

/** A message with the given id and a size of 10 bytes. */
export function sentMessage(messageId: string, more: Partial<SentMessage> = {}): SentMessage {
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

/** The id of a message. */
export function idOf(message: Message | undefined): string | undefined {
  return message?.sent.messageId;
}

/** The lock token of a message. Throws when the message is not locked. */
export function tokenOf(message: Message | undefined): string {
  if (!message?.lock) throw new Error('The message is not locked.');
  return message.lock.token;
}
