/**
 * The messages that start lanes, and their ids. The broker drops a message whose id it has seen within its duplicate
 * detection window, so an id identifies exactly what is to be sent once.
 */
import { type BulkKey, bulkKeyOf } from './bulkOrder.ts';
import type { BulkMessage } from './bulkPorts.ts';

/** Why a message is sent to a lane, with the value that makes its id unique. */
export type MessageReason =
  /** The bulk order has started or must stop, in this retry generation. */
  | { why: 'begin'; generation: number }
  | { why: 'stop'; generation: number }
  /** This item was appended. */
  | { why: 'item'; n: number }
  /** The lane is due at this time, or leased to another worker until then. */
  | { why: 'next'; atMs: number }
  /** The sweep for this due time found no worker on the lane. */
  | { why: 'watchdog'; atMs: number };

export interface OutgoingMessage {
  message: BulkMessage;
  id: string;
  atMs?: number | undefined;
}

/** Returns the message that starts one lane; `reason.atMs` is in epoch milliseconds. */
export function laneMessage(
  key: BulkKey,
  lane: number,
  reason: MessageReason,
  more: Pick<BulkMessage, 'traceparent'> = {},
): OutgoingMessage {
  const { why } = reason;
  const which = 'generation' in reason ? reason.generation : 'n' in reason ? reason.n : reason.atMs;
  return {
    message: { ...bulkKeyOf(key), lane, ...more },
    id: `${key.bulkOrderId}.${lane}.${why}.${which}`,
    atMs: why === 'next' ? reason.atMs : undefined,
  };
}

/** Returns the message that starts all lanes. */
export function bulkMessage(
  key: BulkKey,
  reason: MessageReason & { generation: number },
  traceparent?: string | undefined,
): OutgoingMessage {
  return {
    message: { ...bulkKeyOf(key), traceparent },
    id: `${key.bulkOrderId}.${reason.why}.${reason.generation}`,
  };
}
