/** Which messages an operator means: every filter that is given must match. Pure; the time is an argument. */
import type { ParkedMessage } from './message.ts';

export interface Filter {
  /** Message ids; empty for any. */
  ids: readonly string[];
  source?: string | undefined;
  /** In any case. */
  reason?: string | undefined;
  olderThanMs?: number | undefined;
  /** GUIDs in lower case. */
  cart?: string | undefined;
  tenant?: string | undefined;
}

/** Whether the message is meant. */
export function isMeant(message: ParkedMessage, filter: Filter, nowMs: number): boolean {
  const { ids, source, reason, olderThanMs, cart, tenant } = filter;
  return (
    (ids.length === 0 || ids.includes(message.id)) &&
    (source === undefined || message.source === source) &&
    (reason === undefined || message.reason.toLowerCase() === reason.toLowerCase()) &&
    (olderThanMs === undefined || nowMs - (message.enqueuedMs ?? nowMs) > olderThanMs) &&
    (cart === undefined || message.cart?.toLowerCase() === cart) &&
    (tenant === undefined || message.tenant?.toLowerCase() === tenant)
  );
}
