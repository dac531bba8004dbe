// Every error the broker answers with, in the conditions and words of Azure. Clients go by the condition, and in one
// case by the words: the JavaScript client knows a missing entity by the sentence alone.

import type { AmqpError } from './amqp.ts';

export const LOCK_LOST: AmqpError = {
  condition: 'com.microsoft:message-lock-lost',
  description:
    'The lock supplied is invalid. Either the lock expired, or the message has already been removed from the queue.',
};

export const SERVER_BUSY: AmqpError = {
  condition: 'com.microsoft:server-busy',
  description: 'The request was terminated because the entity is being throttled. Please wait and retry.',
};

export const MESSAGE_NOT_FOUND: AmqpError = {
  condition: 'com.microsoft:message-not-found',
  description: 'The message or messages could not be found.',
};

/** There is no such queue, topic or subscription. */
export function entityNotFound(address: string): AmqpError {
  return {
    condition: 'amqp:not-found',
    description: `The messaging entity '${address}' could not be found.`,
  };
}

/** One cannot send to a subscription, nor receive from a topic. */
export function notAllowed(description: string): AmqpError {
  return { condition: 'amqp:not-allowed', description };
}

/** The client has not shown a token for this address on this connection. */
export function unauthorized(address: string): AmqpError {
  return {
    condition: 'amqp:unauthorized-access',
    description: `Unauthorized access. A token for '${address}' is required to perform this operation.`,
  };
}

export function messageTooLarge(bytes: number, maxBytes: number): AmqpError {
  return {
    condition: 'amqp:link:message-size-exceeded',
    description: `The message is ${bytes} bytes long, and the limit is ${maxBytes}.`,
  };
}

/** The bytes of a message, or of a message in a request, are not what they should be. */
export function undecodable(cause: unknown): AmqpError {
  return { condition: 'amqp:decode-error', description: `The message cannot be decoded: ${textOf(cause)}` };
}

/** A management request lacks something or has it in the wrong form. */
export function badRequest(cause: unknown): AmqpError {
  return {
    condition: 'com.microsoft:argument-error',
    description: `The request cannot be read: ${textOf(cause)}`,
  };
}

/** The entity holds as much as its size allows; clients do not repeat this one by themselves. */
export function entityFull(path: string): AmqpError {
  return {
    condition: 'amqp:resource-limit-exceeded',
    description: `The maximum entity size has been reached or exceeded for '${path}'.`,
  };
}

export function sessionsNotEmulated(path: string): AmqpError {
  return {
    condition: 'com.microsoft:session-cannot-be-locked',
    description: `Sessions are not emulated: '${path}' can be received without a session only.`,
  };
}

export function notEmulated(what: string): AmqpError {
  return { condition: 'amqp:not-implemented', description: `The Service Bus emulator has no ${what}.` };
}

function textOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
