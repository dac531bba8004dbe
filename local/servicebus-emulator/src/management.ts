/**
 * `{entity}/$management`: the operations that are requests instead of link transfers. They are lock renewal, scheduling,
 * peek, deferred messages, and settlement after the link has closed. Names and status codes are those that the Azure
 * clients require; queue and intake carry the operations out.
 */

import { type AmqpError, types } from './amqp.ts';
import { decodeMessage, encodeMessage } from './encoding.ts';
import {
  argumentError,
  MESSAGE_LOCK_LOST,
  MESSAGE_NOT_FOUND,
  messageTooLarge,
  notSupported,
  quotaExceeded,
} from './errors.ts';
import { uuidBytes, uuidText } from './guid.ts';
import type { Message } from './message.ts';
import type { Entity } from './namespace.ts';
import { outcomeOfDisposition } from './outcome.ts';
import type { Request, Response } from './requestResponse.ts';

type Body = Readonly<Record<string, unknown>>;
type Operation = (body: Body, entity: Entity) => Response;

// Azure returns at most this many messages per peek request.
const MAX_PEEKED_MESSAGES = 250;
const LONG = 0x81;
const TIMESTAMP = 0x83;

const operations: Readonly<Record<string, Operation>> = {
  'com.microsoft:renew-lock': renewLocks,
  'com.microsoft:update-disposition': updateDisposition,
  'com.microsoft:schedule-message': schedule,
  'com.microsoft:cancel-scheduled-message': cancelScheduled,
  'com.microsoft:peek-message': peek,
  'com.microsoft:receive-by-sequence-number': receiveBySequenceNumber,
};

/** Responds to one management request for an entity. */
export function manage(request: Request, entity: Entity): Response {
  const operation = operations[request.operation];
  if (!operation) return failure(501, notSupported(`the operation '${request.operation}'`));
  try {
    return operation((request.body ?? {}) as Body, entity);
  } catch (error) {
    return failure(400, argumentError(error));
  }
}

function renewLocks(body: Body, { queue }: Entity): Response {
  const ends = lockTokens(body).map((token) => queue?.renew(token));
  if (!ends.every((end) => end !== undefined)) return failure(410, MESSAGE_LOCK_LOST);
  return success({ expirations: types.wrap_array(ends, TIMESTAMP) });
}

function updateDisposition(body: Body, { queue }: Entity): Response {
  const outcome = outcomeOfDisposition(body);
  if (!outcome) return failure(501, notSupported(`the disposition status '${body['disposition-status']}'`));
  const settled = lockTokens(body).map((token) => queue?.settle(token, outcome) ?? false);
  return settled.every(Boolean) ? success({}) : failure(410, MESSAGE_LOCK_LOST);
}

function schedule(body: Body, { intake, path }: Entity): Response {
  if (!intake) return failure(501, notSupported(`sending to '${path}'`));
  const messages = list(body.messages).map(({ message }) => decodeMessage(message as Buffer));
  const size = messages.reduce((total, { sizeBytes }) => total + sizeBytes, 0);
  if (size > intake.maxMessageBytes) return failure(403, messageTooLarge(size, intake.maxMessageBytes));
  const sequenceNumbers = intake.accept(messages);
  if (!sequenceNumbers) return failure(403, quotaExceeded(path));
  return success({ 'sequence-numbers': types.wrap_array(sequenceNumbers, LONG) });
}

function cancelScheduled(body: Body, { intake }: Entity): Response {
  const cancelled = intake?.cancel(sequenceNumbersOf(body)) ?? false;
  return cancelled ? success({}) : failure(404, MESSAGE_NOT_FOUND);
}

function peek(body: Body, { queue, intake }: Entity): Response {
  const from = longNumber(body['from-sequence-number']);
  const found = [...(queue?.messages() ?? []), ...(intake?.scheduled() ?? [])]
    .filter(({ sequenceNumber }) => sequenceNumber >= from)
    .sort((a, b) => a.sequenceNumber - b.sequenceNumber)
    .slice(0, Math.min(Number(body['message-count']), MAX_PEEKED_MESSAGES));
  if (found.length === 0) return response(204, {});
  return success({ messages: found.map((message) => ({ message: encodeMessage(message) })) });
}

function receiveBySequenceNumber(body: Body, { queue }: Entity): Response {
  const mode = body['receiver-settle-mode'] === 0 ? 'receiveAndDelete' : 'peekLock';
  const found = queue?.takeDeferred(sequenceNumbersOf(body), mode);
  if (!found) return failure(404, MESSAGE_NOT_FOUND);
  return success({ messages: found.map(receivedMessage) });
}

function receivedMessage(message: Message): object {
  const token = message.lock && { 'lock-token': types.wrap_uuid(uuidBytes(message.lock.token)) };
  return { message: encodeMessage(message), ...token };
}

function lockTokens(body: Body): string[] {
  return (body['lock-tokens'] as Buffer[]).map(uuidText);
}

function sequenceNumbersOf(body: Body): number[] {
  return (body['sequence-numbers'] as unknown[]).map(longNumber);
}

/** rhea decodes a long to a number when that is exact, and to its eight bytes otherwise. */
function longNumber(long: unknown): number {
  return Buffer.isBuffer(long) ? Number(long.readBigInt64BE()) : Number(long);
}

function list(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value : [];
}

function success(body: object): Response {
  return response(200, body);
}

/** Clients map `errorCondition` to their error codes. Without it they derive a code from the status, often a wrong one. */
function failure(status: number, { condition, description }: AmqpError): Response {
  return response(
    status,
    {},
    { statusDescription: description, errorCondition: types.wrap_symbol(condition) },
  );
}

function response(status: number, body: object, more: object = { statusDescription: 'OK' }): Response {
  return { properties: { statusCode: types.wrap_int(status), ...more }, body };
}
