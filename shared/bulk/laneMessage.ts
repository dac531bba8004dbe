/** The messages that set lanes going, and their ids: the broker drops one whose id it has seen within minutes, so an id says exactly what is to be sent once. */
import { type BulkKey, bulkKeyOf } from './bulkOrder.ts';
import type { BulkMessage } from './bulkPorts.ts';

/** Why a lane is to be looked at; each with what tells one time from another. */
export type WakeReason =
  | { why: 'begin'; round: number }
  | { why: 'stop'; round: number }
  | { why: 'item'; n: number }
  /** Its worker left it, to be followed at that time; or it is somebody's until then. */
  | { why: 'next'; atMs: number }
  /** Its worker seems to be gone, as the sweep of that time found. */
  | { why: 'watchdog'; atMs: number };

export interface OutgoingMessage {
  message: BulkMessage;
  id: string;
  atMs?: number | undefined;
}

/** The message that sets one lane going. */
export function laneMessage(
  key: BulkKey,
  lane: number,
  wake: WakeReason,
  more: Pick<BulkMessage, 'traceparent'> = {},
): OutgoingMessage {
  const { why } = wake;
  const which = 'round' in wake ? wake.round : 'n' in wake ? wake.n : wake.atMs;
  return {
    message: { ...bulkKeyOf(key), lane, ...more },
    id: `${key.bulkOrderId}.${lane}.${why}.${which}`,
    atMs: why === 'next' ? wake.atMs : undefined,
  };
}

/** The message that sets all lanes going. */
export function bulkMessage(
  key: BulkKey,
  wake: WakeReason & { round: number },
  traceparent?: string | undefined,
): OutgoingMessage {
  return {
    message: { ...bulkKeyOf(key), traceparent },
    id: `${key.bulkOrderId}.${wake.why}.${wake.round}`,
  };
}
