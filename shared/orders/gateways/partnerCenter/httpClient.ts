/**
 * A line to Partner Center: a token, a turn, and then requests, all answered within the time of one. It knows what
 * went over the wire and not what that means for an order.
 */

import type { Deferral, OutboundLimiter } from '../../../rateLimit/outboundLimiter.ts';
import { retryAfterMs } from '../../../time.ts';
import { TOKEN_TIMEOUTS } from '../../../timeouts.ts';

export interface Peer {
  /** What comes before `/v1/…`; with a path where the other side is behind something that has one. */
  url: string;
  /** A bearer token for the URL. */
  token: () => Promise<string>;
  /** How long to wait for one answer, in milliseconds. */
  timeoutMs: number;
  /** How long after a call without a clear answer its order may be missing from the list of orders, in milliseconds. */
  listDelayMs: number;
  /** Whose turn it is; a tenant waits here no longer than {@link MAX_PERMIT_WAIT_MS}. */
  limiter: OutboundLimiter;
  sleep: (ms: number) => Promise<void>;
}

/** A shorter wait for a turn is spent here; for a longer one the checkout is put off. */
export const MAX_PERMIT_WAIT_MS = 3_000;

/** The longest that a line is in use, in milliseconds. */
export const maxSessionMs = ({ timeoutMs }: Pick<Peer, 'timeoutMs'>): number =>
  TOKEN_TIMEOUTS.callMs + MAX_PERMIT_WAIT_MS + timeoutMs;

/** Something came back. */
export interface UpstreamResponse {
  status: number;
  /** Absent when it was not JSON. */
  json: unknown;
  retryAfterMs?: number | undefined;
}

/** How long the other side wants to be left alone, in milliseconds: it was asked too much, or is away, and says until when. */
export const pauseMs = ({ status, retryAfterMs = 0 }: UpstreamResponse): number =>
  status === 429 || status === 503 ? retryAfterMs : 0;

/** Nothing came back; `maybe`: nobody can say whether the other side did what it was asked. */
export interface NoResponse {
  failed: string;
  ambiguous: boolean;
}

/** Nothing was sent: it is not our turn. */
export interface NoPermit {
  noPermit: Deferral;
}

/** One request; the path comes after the peer's URL. */
export interface UpstreamRequest {
  method: 'GET' | 'POST';
  path: string;
  headers: Record<string, string>;
  body?: string;
  /** The longest answer that is read. */
  mostBytes: number;
}

export interface Session {
  /** Never throws. */
  send(call: UpstreamRequest): Promise<UpstreamResponse | NoResponse>;
}

/** Opens a line for a tenant that needs so many turns; none for whoever has had them and did not use them at once. Never throws. */
export async function openSession(
  tenant: string,
  turns: number,
  peer: Peer,
): Promise<Session | NoResponse | NoPermit> {
  const bearer = await peer.token().catch(() => undefined);
  if (bearer === undefined)
    return { failed: 'No token for the ordering service could be had.', ambiguous: false };
  const noPermit = await waitForPermit(tenant, turns, peer);
  if (noPermit) return { noPermit };
  const signal = AbortSignal.timeout(peer.timeoutMs);
  return {
    async send(call) {
      const answer = await send(call, { url: peer.url, bearer, signal });
      const forMs = 'status' in answer ? pauseMs(answer) : 0;
      if (forMs > 0) peer.limiter.pause(tenant, forMs);
      return answer;
    },
  };
}

async function waitForPermit(
  tenant: string,
  requests: number,
  { limiter, sleep }: Peer,
): Promise<Deferral | undefined> {
  if (requests === 0) return limiter.checkPause(tenant);
  const turn = limiter.take(tenant, requests);
  if ('backInMs' in turn) return turn;
  if (turn.waitMs === 0) return undefined;
  await sleep(turn.waitMs);
  return limiter.checkPause(tenant);
}

async function send(
  { method, path, headers, body, mostBytes }: UpstreamRequest,
  { url, bearer, signal }: { url: string; bearer: string; signal: AbortSignal },
): Promise<UpstreamResponse | NoResponse> {
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
      ambiguous: !neverArrived,
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
