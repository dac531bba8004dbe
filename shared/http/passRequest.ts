/**
 * Passes a request through (docs/contract.md 23): sends it to Partner Center with the caller's own token, and returns the
 * response as it is. Loaded with the first request that is passed through.
 */
import { apiError } from '../errors.ts';
import { requestHeaders, responseHeaders } from '../passThrough/headers.ts';
import { pathShape, targetOf } from '../passThrough/target.ts';
import { MAX_RESPONSE_BYTES, type Upstream } from '../passThrough/upstream.ts';
import type { Ports } from '../ports.ts';
import { bothSegments } from './path.ts';
import { type Outcome, type ReceivedRequest, readBytes } from './route.ts';

/** The largest body that is passed through, in bytes. */
export const MAX_REQUEST_BYTES = 16 * 2 ** 20;

const NO_SEGMENTS = { raw: [], decoded: [] };

/** Sends the request and returns the response, or the error when there is none. */
export async function passRequest(
  { request }: Pick<ReceivedRequest, 'request'>,
  { now, log }: Pick<Ports, 'now' | 'log'>,
  { send }: Upstream,
): Promise<Outcome> {
  const { method, url, headers } = request;
  const segments = bothSegments(url) ?? NO_SEGMENTS;
  const target = targetOf(segments, new URL(url).search);
  if (target === undefined) return notPassed(request);
  const body = await readBytes(request, MAX_REQUEST_BYTES);
  if ('error' in body) return body;
  const startedMs = now();
  const response = await send({ method, target, headers: requestHeaders(headers), body: body.bytes });
  const about = {
    method,
    path: pathShape(segments.decoded),
    requestBytes: body.bytes.length,
    durationMs: now() - startedMs,
  };
  if ('failed' in response) {
    log.warn('request not passed through', { ...about, reason: response.reason });
    return failure(response.failed);
  }
  const { status, rawHeaders, body: bytes } = response;
  log.info('request passed through', { ...about, status, responseBytes: bytes.length });
  return { status, passedThrough: { status, ...responseHeaders(rawHeaders), body: bytes } };
}

const notPassed = ({ method, url }: ReceivedRequest['request']): Outcome => ({
  error: apiError('routeNotFound', `There is no ${method} ${new URL(url).pathname}.`),
});

function failure(failed: 'unavailable' | 'tooLarge'): Outcome {
  if (failed === 'tooLarge') {
    const description = `The response of Partner Center is larger than ${MAX_RESPONSE_BYTES} bytes. Request a smaller page, or request it from Partner Center directly.`;
    return { error: apiError('passedResponseTooLarge', description) };
  }
  const description =
    'Partner Center did not respond. Retry the request with the same MS-RequestId; it may have been carried out.';
  return { error: apiError('serviceUnavailable', description, { retryAfterMs: 5_000 }) };
}
