/**
 * Replaces `fetch` with a script of responses, for unit tests of what the gateway decides. The integration tests of the
 * gateway show the same over HTTP.
 */
import { afterEach, beforeEach, vi } from 'vitest';

/** A response, an error that `fetch` throws, or no response until the request is aborted. */
export type Step = { status: number; body?: unknown; headers?: Record<string, string> } | Error | 'hang';

export interface SentRequest {
  method: string;
  url: string;
  headers: Headers;
  body: string | undefined;
}

/** Installs the script for each test of the file. */
export function scriptedFetch() {
  let steps: Step[] = [];
  let sent: SentRequest[] = [];
  beforeEach(() => {
    steps = [];
    sent = [];
    vi.stubGlobal('fetch', async (url: string, { method = 'GET', headers, body, signal }: RequestInit) => {
      sent.push({ method, url, headers: new Headers(headers), body: body?.toString() });
      const step = steps.shift();
      if (step === undefined) throw new Error(`The script has no response to ${method} ${url}.`);
      if (step === 'hang') return aborted(signal);
      if (step instanceof Error) throw step;
      const text = typeof step.body === 'string' ? step.body : JSON.stringify(step.body ?? {});
      return new Response(text, { status: step.status, ...(step.headers && { headers: step.headers }) });
    });
  });
  afterEach(() => vi.unstubAllGlobals());
  return {
    sent: () => sent,
    respond: (...next: Step[]) => void steps.push(...next),
  };
}

/** The error of `fetch` when the connection fails with this code. */
export const connectionError = (code?: string): Error =>
  Object.assign(new TypeError('fetch failed'), code === undefined ? {} : { cause: { code } });

function aborted(signal: AbortSignal | null | undefined): Promise<never> {
  return new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason)));
}
