/**
 * The route of everything that Partner Center answers (docs/contract.md 23): the request goes there with the caller's
 * own token, and the response is returned as it is. Runs after the caller is authenticated and authorized, like every
 * other route.
 */
import { apiError } from '../errors.ts';
import type { Access } from '../identity/caller.ts';
import { requestHeaders, responseHeaders } from '../passThrough/headers.ts';
import { pathShape, targetOf } from '../passThrough/target.ts';
import { isSafe, MAX_RESPONSE_BYTES, type Upstream } from '../passThrough/upstream.ts';
import { bothSegments } from './path.ts';
import { type Outcome, type ReceivedRequest, type Route, readBytes } from './route.ts';

/** The largest body that is passed through, in bytes. */
export const MAX_REQUEST_BYTES = 16 * 2 ** 20;

const NO_SEGMENTS = { raw: [], decoded: [] };

/** What a request of this method needs where no route says it: one that changes nothing needs the right to read. */
export const accessOf = (method: string): Access => (isSafe(method) ? 'read' : 'write');

/** The route of a request that needs this access. */
export function partnerCenterRoute(
  { send }: Upstream,
  access: Access,
): Pick<Route, 'name' | 'path' | 'access' | 'handle'> {
  return {
    name: 'passThrough',
    path: '{*path}',
    access,
    async handle({ request }, ports) {
      const { method, url, headers } = request;
      const segments = bothSegments(url) ?? NO_SEGMENTS;
      const target = targetOf(segments, new URL(url).search);
      if (target === undefined) return notPassed(request);
      const body = await readBytes(request, MAX_REQUEST_BYTES);
      if ('error' in body) return body;
      const startedMs = ports.now();
      const response = await send({ method, target, headers: requestHeaders(headers), body: body.bytes });
      const about = {
        method,
        path: pathShape(segments.decoded),
        requestBytes: body.bytes.length,
        durationMs: ports.now() - startedMs,
      };
      if ('failed' in response) {
        ports.log.warn('request not passed through', { ...about, reason: response.reason });
        return failure(response.failed);
      }
      const { status, rawHeaders, body: bytes } = response;
      ports.log.info('request passed through', { ...about, status, responseBytes: bytes.length });
      return { status, passedThrough: { status, ...responseHeaders(rawHeaders), body: bytes } };
    },
  };
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
