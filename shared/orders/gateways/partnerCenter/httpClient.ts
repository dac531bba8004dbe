/**
 * Sends requests to Partner Center: gets a token and a permit, then sends requests that share one time-out. Reports
 * what was received on the wire; what that means for an order is decided in `classifyResponse.ts`.
 */

import type { Deferral } from '../../../rateLimit/outboundLimiter.ts';
import { inClientRequest } from '../../../telemetry/clientRequest.ts';
import { retryAfterMs } from '../../../time.ts';
import type { Peer } from './peer.ts';

export interface UpstreamResponse {
  status: number;
  /** `undefined` when the body is not JSON. */
  json: unknown;
  retryAfterMs?: number | undefined;
}

/** The pause that a response requests, in milliseconds; 0 for none. Only 429 and 503 request one. */
export const pauseMs = ({ status, retryAfterMs = 0 }: UpstreamResponse): number =>
  status === 429 || status === 503 ? retryAfterMs : 0;

/** No response was received. `ambiguous`: Partner Center may have processed the request. */
export interface NoResponse {
  failed: string;
  ambiguous: boolean;
}

/** Nothing was sent, because there is no permit now. */
export interface NoPermit {
  noPermit: Deferral;
}

/** One request; `path` is appended to the URL of the peer. */
export interface UpstreamRequest {
  method: 'GET' | 'POST';
  path: string;
  headers: Record<string, string>;
  body?: string;
  /** A longer response counts as no response. */
  maxBytes: number;
}

export interface Session {
  /** Never throws. */
  send(request: UpstreamRequest): Promise<UpstreamResponse | NoResponse>;
}

/** Opens a session for a tenant, with so many permits; 0 when the session uses those of an earlier one. Never throws. */
export async function openSession(
  tenant: string,
  permits: number,
  peer: Peer,
): Promise<Session | NoResponse | NoPermit> {
  const bearer = await peer.token().catch(() => undefined);
  if (bearer === undefined)
    return { failed: 'Could not acquire an access token for Partner Center.', ambiguous: false };
  const noPermit = await waitForPermit(tenant, permits, peer);
  if (noPermit) return { noPermit };
  const signal = AbortSignal.timeout(peer.timeoutMs);
  return {
    async send(request) {
      const response = await inClientRequest(
        { method: request.method, url: new URL(peer.url) },
        () => send(request, { url: peer.url, bearer, signal }),
        (received) => ('status' in received ? received : { error: '_OTHER' }),
      );
      const forMs = 'status' in response ? pauseMs(response) : 0;
      if (forMs > 0) peer.limiter.pause(tenant, forMs);
      return response;
    },
  };
}

async function waitForPermit(
  tenant: string,
  permits: number,
  { limiter, sleep }: Peer,
): Promise<Deferral | undefined> {
  if (permits === 0) return limiter.checkPause(tenant);
  const permit = limiter.take(tenant, permits);
  if ('backInMs' in permit) return permit;
  if (permit.waitMs === 0) return undefined;
  await sleep(permit.waitMs);
  return limiter.checkPause(tenant);
}

async function send(
  { method, path, headers, body, maxBytes }: UpstreamRequest,
  { url, bearer, signal }: { url: string; bearer: string; signal: AbortSignal },
): Promise<UpstreamResponse | NoResponse> {
  try {
    const response = await fetch(`${url.replace(/\/+$/, '')}${path}`, {
      method,
      headers: { ...headers, Authorization: `Bearer ${bearer}`, Accept: 'application/json' },
      // A redirected POST would become a GET, or would take the order and the token to another host.
      redirect: 'manual',
      signal,
      ...(body === undefined ? {} : { body }),
    });
    const json = parseJson(await readText(response, maxBytes));
    const { status } = response;
    return { status, json, retryAfterMs: retryAfterMs(response.headers.get('Retry-After'), Date.now()) };
  } catch (error) {
    const code = (error as { cause?: { code?: string } }).cause?.code;
    const neverArrived = code === 'ECONNREFUSED' || code === 'ENOTFOUND';
    return {
      failed: `Partner Center did not respond (${code ?? (error as Error).name}).`,
      ambiguous: !neverArrived,
    };
  }
}

/** The body as text. Throws when it is longer than `maxBytes`, without reading the rest. */
async function readText({ body }: Response, maxBytes: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body ?? []) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw new RangeError(`The response has more than ${maxBytes} bytes.`);
    chunks.push(chunk);
  }
  return new TextDecoder().decode(Buffer.concat(chunks));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
