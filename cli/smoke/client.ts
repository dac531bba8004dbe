/**
 * Requests of the smoke test. A response is its status, headers and JSON; no response is one sentence that says why.
 * Nothing is retried: the smoke test reports what a caller gets now.
 */

const CALL_MS = 40_000; // longer than any CHECKOUT_WAIT of a deployment that answers within its front end's limit

export interface Response {
  status: number;
  headers: Headers;
  /** The JSON of the body; undefined when it has none, which a response of the service always has. */
  body: Record<string, unknown> | undefined;
}

export interface CallOptions {
  /** A bearer token; undefined for a request without one. */
  token?: string | undefined;
  body?: object;
  headers?: Record<string, string>;
  /** Sends the body in chunks, without Content-Length. */
  isChunked?: boolean;
}

export type Call = (method: string, path: string, options?: CallOptions) => Promise<Response>;

/** Thrown when there is no response. */
export class NoResponse extends Error {}

/** Requests to the service at a base URL. */
export function callerOf(baseUrl: string): Call {
  const base = baseUrl.replace(/\/+$/, '');
  return async (method, path, { token, body, headers = {}, isChunked = false } = {}) => {
    const text = body && JSON.stringify(body);
    const init: RequestInit & { duplex?: 'half' } = {
      method,
      redirect: 'manual',
      signal: AbortSignal.timeout(CALL_MS),
      headers: {
        ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
        ...(text === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...headers,
      },
      ...(text === undefined ? {} : { body: isChunked ? new Blob([text]).stream() : text }),
      ...(isChunked ? { duplex: 'half' as const } : {}),
    };
    const response = await fetch(`${base}${path}`, init).catch((error: unknown) => {
      throw new NoResponse(`${method} ${base}${path}: ${reasonOf(error)}`);
    });
    return { status: response.status, headers: response.headers, body: jsonOf(await response.text()) };
  };
}

/** Why `fetch` has no response: Node gives the reason as the cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return `no response within ${CALL_MS / 1_000} seconds`;
  const { cause } = error;
  return cause instanceof Error
    ? cause.message || String((cause as NodeJS.ErrnoException).code)
    : error.message;
}

function jsonOf(text: string): Record<string, unknown> | undefined {
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === 'object' && body !== null ? { ...body } : undefined;
  } catch {
    return undefined;
  }
}
