// `{entity}/$management`: what a client cannot say on a link. Lock renewal, scheduling, peeking, deferred messages, and
// settlement after the link is gone. It promises the answers that the clients insist on, to the letter; what the
// operations do is done by the queue and the intake.

import { type AmqpError, types } from './amqp.ts';
import { readMessage, writeMessage } from './encoding.ts';
import { uuidBytes, uuidText } from './guid.ts';
import type { Message } from './message.ts';
import type { Entity } from './namespace.ts';
import { outcomeOfDisposition } from './outcome.ts';
import { badRequest, entityFull, LOCK_LOST, MESSAGE_NOT_FOUND, notEmulated } from './refusals.ts';
import type { Answer, Request } from './requests.ts';

type Body = Readonly<Record<string, unknown>>;
type Operation = (body: Body, entity: Entity) => Answer;

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

/** Answers one management request about an entity. */
export function manage(request: Request, entity: Entity): Answer {
  const operation = operations[request.operation];
  if (!operation) return failure(501, notEmulated(`operation '${request.operation}'`));
  try {
    return operation((request.body ?? {}) as Body, entity);
  } catch (error) {
    return failure(400, badRequest(error));
  }
}

function renewLocks(body: Body, { queue }: Entity): Answer {
  const ends = lockTokens(body).map((token) => queue?.renew(token));
  if (!ends.every((end) => end !== undefined)) return failure(410, LOCK_LOST);
  return success({ expirations: types.wrap_array(ends, TIMESTAMP) });
}

function updateDisposition(body: Body, { queue }: Entity): Answer {
  const outcome = outcomeOfDisposition(body);
  if (!outcome) return failure(501, notEmulated(`disposition '${body['disposition-status']}'`));
  const held = lockTokens(body).map((token) => queue?.settle(token, outcome) ?? false);
  return held.every(Boolean) ? success({}) : failure(410, LOCK_LOST);
}

function schedule(body: Body, { intake, path }: Entity): Answer {
  if (!intake) return failure(501, notEmulated(`way to send to '${path}'`));
  const parcels = list(body.messages).map(({ message }) => readMessage(message as Buffer));
  const sequenceNumbers = intake.accept(parcels);
  if (!sequenceNumbers) return failure(403, entityFull(path));
  return success({ 'sequence-numbers': types.wrap_array(sequenceNumbers, LONG) });
}

function cancelScheduled(body: Body, { intake }: Entity): Answer {
  const cancelled = intake?.cancel(sequenceNumbersOf(body)) ?? false;
  return cancelled ? success({}) : failure(404, MESSAGE_NOT_FOUND);
}

function peek(body: Body, { queue, intake }: Entity): Answer {
  const from = longNumber(body['from-sequence-number']);
  const found = [...(queue?.messages() ?? []), ...(intake?.scheduled() ?? [])]
    .filter(({ sequenceNumber }) => sequenceNumber >= from)
    .sort((a, b) => a.sequenceNumber - b.sequenceNumber)
    .slice(0, Number(body['message-count']));
  if (found.length === 0) return answer(204, {});
  return success({ messages: found.map((message) => ({ message: writeMessage(message) })) });
}

function receiveBySequenceNumber(body: Body, { queue }: Entity): Answer {
  const mode = body['receiver-settle-mode'] === 0 ? 'receiveAndDelete' : 'peekLock';
  const found = queue?.takeDeferred(sequenceNumbersOf(body), mode);
  if (!found) return failure(404, MESSAGE_NOT_FOUND);
  return success({ messages: found.map(receivedMessage) });
}

function receivedMessage(message: Message): object {
  const token = message.lock && { 'lock-token': types.wrap_uuid(uuidBytes(message.lock.token)) };
  return { message: writeMessage(message), ...token };
}

function lockTokens(body: Body): string[] {
  return (body['lock-tokens'] as Buffer[]).map(uuidText);
}

function sequenceNumbersOf(body: Body): number[] {
  return (body['sequence-numbers'] as unknown[]).map(longNumber);
}

/** rhea gives a long as a number where it is safe, and as its eight bytes where it is not. */
function longNumber(long: unknown): number {
  return Buffer.isBuffer(long) ? Number(long.readBigInt64BE()) : Number(long);
}

function list(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value : [];
}

function success(body: object): Answer {
  return answer(200, body);
}

/** The clients go by `errorCondition`; without it they guess from the status, and guess wrong. */
function failure(status: number, { condition, description }: AmqpError): Answer {
  return answer(status, {}, { statusDescription: description, errorCondition: types.wrap_symbol(condition) });
}

function answer(status: number, body: object, more: object = { statusDescription: 'OK' }): Answer {
  return { properties: { statusCode: types.wrap_int(status), ...more }, body };
}
