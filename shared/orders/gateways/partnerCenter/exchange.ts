/**
 * One HTTP exchange with Partner Center: a token, a turn, the request under its request id, the answer within
 * its time. It knows what went over the wire and not what that means for an order.
 */
import { TOKEN_BOUNDS } from '../../../bounds.ts';
import type { SentAway, Turnstile } from '../../../throttle/turnstile.ts';
import { retryAfterMs } from '../../../time.ts';
import type { Placement } from '../../gateway.ts';

export interface Peer {
  url: string;
  /** A bearer token for the URL. */
  token: () => Promise<string>;
  /** How long to wait for one answer, in milliseconds. */
  timeoutMs: number;
  /** Whose turn it is; a tenant waits here no longer than {@link PATIENCE_MS}. */
  turns: Turnstile;
  pause: (ms: number) => Promise<void>;
}

/** A shorter wait for a turn is spent here; for a longer one the checkout is put off. */
export const PATIENCE_MS = 3_000;

/** The longest that an exchange can take, in milliseconds. */
export const exchangeMs = ({ timeoutMs }: Pick<Peer, 'timeoutMs'>): number =>
  TOKEN_BOUNDS.callMs + PATIENCE_MS + timeoutMs;

/** Something came back. */
export interface Answered {
  status: number;
  /** Absent when it was not JSON. */
  json: unknown;
  retryAfterMs?: number | undefined;
}

/** How long the other side wants to be left alone, in milliseconds: it was asked too much, or is away, and says until when. */
export const pauseMs = ({ status, retryAfterMs = 0 }: Answered): number =>
  status === 429 || status === 503 ? retryAfterMs : 0;

/** Nothing came back; `maybe`: nobody can say whether the other side did what it was asked. */
export interface Unanswered {
  failed: string;
  maybe: boolean;
}

/** Nothing was sent: it is not our turn. */
export interface NoTurn {
  noTurn: SentAway;
}

/**
 * Sends the order (`POST`), or asks for all orders of its customer (`GET`). Never throws. A look-up takes a
 * turn for the order that may follow, too: else a busy tenant would look, have no turn to order, and look again
 * the next time, for ever.
 */
export async function exchange(
  method: 'GET' | 'POST',
  placement: Placement,
  peer: Peer,
): Promise<Answered | Unanswered | NoTurn> {
  const bearer = await peer.token().catch(() => undefined);
  if (bearer === undefined)
    return { failed: 'No token for the ordering service could be had.', maybe: false };
  const requests = method === 'GET' ? 2 : placement.mayExist ? 0 : 1;
  const noTurn = await awaitTurn(placement, requests, peer);
  if (noTurn) return { noTurn };
  const answer = await send(method, placement, { ...peer, bearer });
  const forMs = 'status' in answer ? pauseMs(answer) : 0;
  if (forMs > 0) peer.turns.pause(placement.tenant, forMs);
  return answer;
}

async function awaitTurn(
  { tenant }: Placement,
  requests: number,
  { turns, pause }: Peer,
): Promise<SentAway | undefined> {
  if (requests === 0) return turns.interrupted(tenant);
  const turn = turns.take(tenant, requests);
  if ('backInMs' in turn) return turn;
  if (turn.waitMs === 0) return undefined;
  await pause(turn.waitMs);
  return turns.interrupted(tenant);
}

async function send(
  method: 'GET' | 'POST',
  placement: Placement,
  { url, bearer, timeoutMs }: { url: string; bearer: string; timeoutMs: number },
): Promise<Answered | Unanswered> {
  const path = `/v1/customers/${placement.order.referenceCustomerId}/orders`;
  try {
    const response = await fetch(new URL(path, url), {
      method,
      headers: {
        Authorization: `Bearer ${bearer}`,
        Accept: 'application/json',
        'MS-RequestId': placement.requestId,
        ...(method === 'POST' ? { 'Content-Type': 'application/json' } : {}),
      },
      signal: AbortSignal.timeout(timeoutMs),
      ...(method === 'POST' ? { body: bodyOf(placement) } : {}),
    });
    const json = await response.json().catch((error: unknown) => {
      if (error instanceof SyntaxError) return undefined;
      throw error;
    });
    const { status, headers } = response;
    return { status, json, retryAfterMs: retryAfterMs(headers.get('Retry-After'), Date.now()) };
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
