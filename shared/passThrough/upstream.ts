/**
 * Sends requests to Partner Center as they are and returns the responses as they are, compression included. The origin
 * is fixed when the client is made: a request has a path only, and a redirect is returned, not followed. Size, time and
 * memory are bounded. Only a safe request is sent twice, when a kept connection turned out to be closed.
 */
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { inClientRequest } from '../telemetry/clientRequest.ts';
import { isSafe } from './target.ts';

export interface UpstreamRequest {
  method: string;
  /** Below the base URL; begins with `/v1/`. */
  target: string;
  headers: Record<string, string>;
  body: Uint8Array;
}

export interface UpstreamResponse {
  status: number;
  /** Names and values in turn, as received. */
  rawHeaders: readonly string[];
  body: Uint8Array;
}

/** Why there is no response: none was received in time, or it is larger than the limit. */
export interface NoResponse {
  failed: 'unavailable' | 'tooLarge';
  /** For the log; names no content. */
  reason: string;
}

export interface UpstreamOptions {
  /** The base URL, to which `/v1/…` is appended. It may have a path. */
  url: string;
  /** The longest duration of a request with its response, in milliseconds. */
  timeoutMs: number;
  /** The largest response, in bytes. */
  maxBytes?: number;
  /** The largest sum of all responses that are being received, in bytes. */
  maxBytesInFlight?: number;
}

export interface Upstream {
  /** Never throws. */
  send(request: UpstreamRequest): Promise<UpstreamResponse | NoResponse>;
}

/** The largest response, in bytes (docs/contract.md 23.8). */
export const MAX_RESPONSE_BYTES = 32 * 2 ** 20;
const MAX_BYTES_IN_FLIGHT = 256 * 2 ** 20;
/** Connections of one instance; further requests wait for one, within their time. */
const MAX_CONNECTIONS = 128;
/** Shorter than front ends keep an idle connection, so that a request rarely meets one that is being closed. */
const IDLE_MS = 15_000;

class TooLarge extends Error {}

/** A client of one base URL. */
export function upstream({
  url,
  timeoutMs,
  maxBytes = MAX_RESPONSE_BYTES,
  maxBytesInFlight = MAX_BYTES_IN_FLIGHT,
}: UpstreamOptions): Upstream {
  const base = new URL(url);
  const basePath = base.pathname.replace(/\/+$/, '');
  const isTls = base.protocol === 'https:';
  const agentOptions = { keepAlive: true, maxSockets: MAX_CONNECTIONS, timeout: IDLE_MS };
  const agent = isTls ? new HttpsAgent(agentOptions) : new HttpAgent(agentOptions);
  const open = isTls ? httpsRequest : httpRequest;
  const { hostname, port } = base;
  let inFlight = 0;

  function attempt(
    { method, target, headers, body }: UpstreamRequest,
    signal: AbortSignal,
  ): Promise<UpstreamResponse> {
    return new Promise((resolve, reject) => {
      const length = body.length > 0 || !isSafe(method) ? { 'content-length': String(body.length) } : {};
      let received: IncomingMessage | undefined;
      const outgoing = open(
        {
          agent,
          signal,
          method,
          hostname: hostname.replace(/^\[|\]$/g, ''),
          port,
          path: `${basePath}${target}`,
          headers: { ...headers, ...length },
        },
        (response) => {
          received = response;
          receive(response, method).then(resolve, reject);
        },
      );
      outgoing.on('error', (error) => {
        // Bytes after a complete response, such as a body after 204, are an error of the connection only.
        if (received?.complete) return;
        reject(Object.assign(error, { wasReused: outgoing.reusedSocket }));
      });
      outgoing.on('upgrade', (_, socket) => {
        socket.destroy();
        reject(new Error('another protocol'));
      });
      // Whatever the connection does, the request ends in time.
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
      outgoing.end(body);
    });
  }

  async function receive(response: IncomingMessage, method: string): Promise<UpstreamResponse> {
    const chunks: Buffer[] = [];
    let bytes = 0;
    try {
      const declared = method === 'HEAD' ? 0 : Number(response.headers['content-length'] ?? 0);
      if (declared > maxBytes) throw new TooLarge();
      for await (const chunk of response as AsyncIterable<Buffer>) {
        bytes += chunk.length;
        inFlight += chunk.length;
        if (bytes > maxBytes) throw new TooLarge();
        if (inFlight > maxBytesInFlight) throw new Error('responses exceed the memory for them');
        chunks.push(chunk);
      }
      const { statusCode = 0, rawHeaders } = response;
      // What no client of HTTP understands and the host cannot write.
      if (statusCode < 200 || statusCode > 599) throw new Error(`status ${statusCode}`);
      return { status: statusCode, rawHeaders, body: Buffer.concat(chunks) };
    } finally {
      inFlight -= bytes;
      response.destroy();
    }
  }

  async function send(request: UpstreamRequest): Promise<UpstreamResponse | NoResponse> {
    const signal = AbortSignal.timeout(timeoutMs);
    try {
      return await attempt(request, signal).catch((error: unknown) => {
        if (!isSafe(request.method) || !wasClosedMeanwhile(error)) throw error;
        return attempt(request, signal);
      });
    } catch (error) {
      if (error instanceof TooLarge) return { failed: 'tooLarge', reason: `more than ${maxBytes} bytes` };
      return { failed: 'unavailable', reason: signal.aborted ? 'timeout' : reasonOf(error) };
    }
  }

  const outcomeOf = (received: UpstreamResponse | NoResponse) =>
    'status' in received
      ? received
      : { error: received.failed === 'tooLarge' ? received.failed : received.reason };

  return {
    send: (request) => inClientRequest({ method: request.method, url: base }, () => send(request), outcomeOf),
  };
}

/** Whether the server closed a kept connection while the request was being sent on it. */
const wasClosedMeanwhile = (error: unknown): boolean => {
  const { code, wasReused } = error as { code?: string; wasReused?: boolean };
  return wasReused === true && (code === 'ECONNRESET' || code === 'EPIPE');
};

const reasonOf = (error: unknown): string => {
  const { code, message } = error as { code?: string; message?: string };
  return code ?? message ?? 'unknown';
};
