/**
 * Converts AMQP delivery states and `update-disposition` requests to outcomes. Application properties without a value
 * are dropped, because clients send unset ones as null.
 */

import type { Outcome, PropertyChanges } from './message.ts';

/** `modified` means abandon, or defer when `undeliverable-here` is true. */
export function outcomeOfModified(state: unknown): Outcome {
  const { undeliverable_here, message_annotations } = fields(state);
  const propertyChanges = propertyChangesOf(message_annotations);
  return { kind: undeliverable_here === true ? 'deferred' : 'abandoned', propertyChanges };
}

/** `rejected` means dead-letter. The error's info map contains the reason, the description and further properties. */
export function outcomeOfRejected(state: unknown): Outcome {
  const { info } = fields(fields(state).error);
  return { kind: 'deadLettered', propertyChanges: propertyChangesOf(info) };
}

/** The outcome of an `update-disposition` request, or `undefined` when its status is unknown. */
export function outcomeOfDisposition(request: Readonly<Record<string, unknown>>): Outcome | undefined {
  const propertyChanges = propertyChangesOf(request['properties-to-modify']);
  switch (request['disposition-status']) {
    case 'completed':
      return { kind: 'completed' };
    case 'abandoned':
      return { kind: 'abandoned', propertyChanges };
    case 'defered':
      return { kind: 'deferred', propertyChanges };
    case 'suspended': {
      const reason = {
        DeadLetterReason: request['deadletter-reason'],
        DeadLetterErrorDescription: request['deadletter-description'],
      };
      return { kind: 'deadLettered', propertyChanges: { ...propertyChanges, ...propertyChangesOf(reason) } };
    }
    default:
      return undefined;
  }
}

function propertyChangesOf(properties: unknown): PropertyChanges {
  const present = Object.entries(fields(properties)).filter(
    ([, value]) => value !== null && value !== undefined,
  );
  return Object.fromEntries(present);
}

function fields(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
