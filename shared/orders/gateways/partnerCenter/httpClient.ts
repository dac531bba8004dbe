/**
 * A line to Partner Center: a token, a turn, and then requests, all answered within the time of one. It knows what
 * went over the wire and not what that means for an order.
 */

import type { SentAway, Turnstile } from '../../../rateLimit/outboundLimiter.ts';
import { retryAfterMs } from '../../../time.ts';
import { TOKEN_BOUNDS } from '../../../timeouts.ts';

export interface Peer {
  /** What comes before `/v1/…`; with a path where the other side is behind something that has one. */
  url: string;
  /** A bearer token for the URL. */
  token: () => Promise<string>;
  /** How long to wait for one answer, in milliseconds. */
  timeoutMs: number;
  /** How long after a call without a clear answer its order may be missing from the list of orders, in milliseconds. */
  listDelayMs: number;
  /** Whose turn it is; a tenant waits here no longer than {@link PATIENCE_MS}. */
  turns: Turnstile;
  pause: (ms: number) => Promise<void>;
}

/** A shorter wait for a turn is spent here; for a longer one the checkout is put off. */
export const PATIENCE_MS = 3_000;

/** The longest that a line is in use, in milliseconds. */
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

/** One request; the path comes after the peer's URL. */
export interface Call {
  method: 'GET' | 'POST';
  path: string;
  headers: Record<string, string>;
  body?: string;
  /** The longest answer that is read. */
  mostBytes: number;
}

export interface Line {
  /** Never throws. */
  send(call: Call): Promise<Answered | Unanswered>;
}

/** Opens a line for a tenant that needs so many turns; none for whoever has had them and did not use them at once. Never throws. */
export async function openLine(
  tenant: string,
  turns: number,
  peer: Peer,
): Promise<Line | Unanswered | NoTurn> {
  const bearer = await peer.token().catch(() => undefined);
  if (bearer === undefined)
    return { failed: 'No token for the ordering service could be had.', maybe: false };
  const noTurn = await awaitTurn(tenant, turns, peer);
  if (noTurn) return { noTurn };
  const signal = AbortSignal.timeout(peer.timeoutMs);
  return {
    async send(call) {
      const answer = await send(call, { url: peer.url, bearer, signal });
      const forMs = 'status' in answer ? pauseMs(answer) : 0;
      if (forMs > 0) peer.turns.pause(tenant, forMs);
      return answer;
    },
  };
}

async function awaitTurn(
  tenant: string,
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
  { method, path, headers, body, mostBytes }: Call,
  { url, bearer, signal }: { url: string; bearer: string; signal: AbortSignal },
): Promise<Answered | Unanswered> {
  try {
    const response = await fetch(`${url.replace(/\/+$/, '')}${path}`, {
      method,
      headers: { ...headers, Authorization: `Bearer ${bearer}`, Accept: 'application/json' },
      signal,
      ...(body === undefined ? {} : { body }),
    });
    const json = jsonIn(await textOf(response, mostBytes));
    const { status } = response;
    return { status, json, retryAfterMs: retryAfterMs(response.headers.get('Retry-After'), Date.now()) };
  } catch (error) {
    const code = (error as { cause?: { code?: string } }).cause?.code;
    const neverArrived = code === 'ECONNREFUSED' || code === 'ENOTFOUND';
    return {
      failed: `The ordering service did not answer (${code ?? (error as Error).name}).`,
      maybe: !neverArrived,
    };
  }
}

/** The answer as text; throws when it is too long, and reads no further. */
async function textOf({ body }: Response, mostBytes: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body ?? []) {
    bytes += chunk.length;
    if (bytes > mostBytes) throw new RangeError(`The answer has more than ${mostBytes} bytes.`);
    chunks.push(chunk);
  }
  return new TextDecoder().decode(Buffer.concat(chunks));
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
