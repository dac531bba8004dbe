/**
 * The AMQP errors of the broker, with the conditions and descriptions of Azure. Clients map the condition to an error
 * code. One description matters too: the JavaScript client recognizes a missing entity by its text.
 */

import type { AmqpError } from './amqp.ts';

export const MESSAGE_LOCK_LOST: AmqpError = {
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

/** The queue, topic or subscription does not exist. */
export function entityNotFound(address: string): AmqpError {
  return {
    condition: 'amqp:not-found',
    description: `The messaging entity '${address}' could not be found.`,
  };
}

/** The entity does not support the operation, such as sending to a subscription. */
export function notAllowed(description: string): AmqpError {
  return { condition: 'amqp:not-allowed', description };
}

/** The connection has put no valid token for this address. */
export function unauthorized(address: string): AmqpError {
  return {
    condition: 'amqp:unauthorized-access',
    description: `Unauthorized access. A token for '${address}' is required to perform this operation.`,
  };
}

/** A message, a batch or the messages of a schedule request exceed the entity's size limit. */
export function messageTooLarge(bytes: number, maxBytes: number): AmqpError {
  return {
    condition: 'amqp:link:message-size-exceeded',
    description: `The message has ${bytes} bytes. The limit is ${maxBytes} bytes.`,
  };
}

/** The transferred bytes are not an AMQP message. */
export function decodeError(cause: unknown): AmqpError {
  return { condition: 'amqp:decode-error', description: `The message cannot be decoded: ${textOf(cause)}` };
}

/** A management request is malformed. */
export function argumentError(cause: unknown): AmqpError {
  return {
    condition: 'com.microsoft:argument-error',
    description: `The request is malformed: ${textOf(cause)}`,
  };
}

/** The entity has reached its maximum size. Clients do not retry this error. */
export function quotaExceeded(path: string): AmqpError {
  return {
    condition: 'amqp:resource-limit-exceeded',
    description: `The maximum entity size has been reached or exceeded for '${path}'.`,
  };
}

export function sessionsNotSupported(path: string): AmqpError {
  return {
    condition: 'com.microsoft:session-cannot-be-locked',
    description: `The Service Bus emulator does not support sessions: receive from '${path}' without a session.`,
  };
}

export function notSupported(what: string): AmqpError {
  return {
    condition: 'amqp:not-implemented',
    description: `The Service Bus emulator does not support ${what}.`,
  };
}

function textOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
