/**
 * One HTTP exchange with Partner Center: a token, the request under its request id, the answer within its
 * time. It knows what went over the wire and not what that means for an order.
 */
import type { Placement } from '../../gateway.ts';

export interface Peer {
  url: string;
  /** A bearer token for the URL. */
  token: () => Promise<string>;
  /** How long to wait for one answer, in milliseconds. */
  timeoutMs: number;
}

/** Something came back. */
export interface Answered {
  status: number;
  /** Absent when it was not JSON. */
  json: unknown;
  retryAfterMs?: number | undefined;
}

/** Nothing came back; `maybe`: nobody can say whether the other side did what it was asked. */
export interface Unanswered {
  failed: string;
  maybe: boolean;
}

/** Sends the order (`POST`), or asks for all orders of its customer (`GET`). Never throws. */
export async function exchange(
  method: 'GET' | 'POST',
  placement: Placement,
  peer: Peer,
): Promise<Answered | Unanswered> {
  const bearer = await peer.token().catch(() => undefined);
  if (bearer === undefined)
    return { failed: 'No token for the ordering service could be had.', maybe: false };
  const path = `/v1/customers/${placement.order.referenceCustomerId}/orders`;
  try {
    const response = await fetch(new URL(path, peer.url), {
      method,
      headers: {
        Authorization: `Bearer ${bearer}`,
        Accept: 'application/json',
        'MS-RequestId': placement.requestId,
        ...(method === 'POST' ? { 'Content-Type': 'application/json' } : {}),
      },
      signal: AbortSignal.timeout(peer.timeoutMs),
      ...(method === 'POST' ? { body: bodyOf(placement) } : {}),
    });
    const json = await response.json().catch((error: unknown) => {
      if (error instanceof SyntaxError) return undefined;
      throw error;
    });
    return { status: response.status, json, retryAfterMs: retryAfterMs(response.headers.get('Retry-After')) };
  } catch (error) {
    const code = (error as { cause?: { code?: string } }).cause?.code;
    const neverArrived = code === 'ECONNREFUSED' || code === 'ENOTFOUND';
    return {
      failed: `The ordering service did not answer (${code ?? (error as Error).name}).`,
      maybe: !neverArrived,
    };
  }
}

/** The order with its request id as reference, by which it is found again. */
function bodyOf({ requestId, order }: Placement): string {
  const { isLegacy: _, ...body } = order;
  return JSON.stringify({ ...body, externalReference: requestId });
}

/** `Retry-After` in milliseconds: seconds, or a date. */
function retryAfterMs(header: string | null): number | undefined {
  if (header === null) return undefined;
  const ms = /^\d+$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - Date.now();
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}
