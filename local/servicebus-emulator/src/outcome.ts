// What a receiver's AMQP delivery state, or its words in a management request, mean for a message. Pure translation;
// application properties with no value are left out, because clients send them empty instead of not at all.

import type { Amendment, Outcome } from './message.ts';

/** `modified`: abandon, or defer when the message is said to be undeliverable here. */
export function outcomeOfModified(state: unknown): Outcome {
  const { undeliverable_here, message_annotations } = fields(state);
  const amendment = amendmentOf(message_annotations);
  return { kind: undeliverable_here === true ? 'deferred' : 'abandoned', amendment };
}

/** `rejected`: to the dead-letter queue, with the reason, the description and whatever else the error carries. */
export function outcomeOfRejected(state: unknown): Outcome {
  const { info } = fields(fields(state).error);
  return { kind: 'deadLettered', amendment: amendmentOf(info) };
}

/** The body of an `update-disposition` request; `undefined` for a status that does not exist. */
export function outcomeOfDisposition(request: Readonly<Record<string, unknown>>): Outcome | undefined {
  const amendment = amendmentOf(request['properties-to-modify']);
  switch (request['disposition-status']) {
    case 'completed':
      return { kind: 'completed' };
    case 'abandoned':
      return { kind: 'abandoned', amendment };
    case 'defered':
      return { kind: 'deferred', amendment };
    case 'suspended': {
      const reason = {
        DeadLetterReason: request['deadletter-reason'],
        DeadLetterErrorDescription: request['deadletter-description'],
      };
      return { kind: 'deadLettered', amendment: { ...amendment, ...amendmentOf(reason) } };
    }
    default:
      return undefined;
  }
}

function amendmentOf(properties: unknown): Amendment {
  const present = Object.entries(fields(properties)).filter(
    ([, value]) => value !== null && value !== undefined,
  );
  return Object.fromEntries(present);
}

function fields(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
