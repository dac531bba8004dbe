/**
 * The span and the metric of a request to Partner Center, whether an ordering gateway sends it or a caller's request is
 * passed through. Both have the method, the server and the outcome, and never the path, the query, a header or a body:
 * those contain ids of customers and what callers send. No header is added to the request.
 */
import { record } from './metrics.ts';
import { inSpan } from './span.ts';

/** How a request ended: with a status, or without a response and why, as a code. */
export type ClientOutcome = { status: number } | { error: string };

/** Sends a request of this method to the server of `url`; `outcomeOf` says how it ended. */
export function inClientRequest<Response>(
  { method, url }: { method: string; url: URL },
  send: () => Promise<Response>,
  outcomeOf: (response: Response) => ClientOutcome,
): Promise<Response> {
  const about = { 'http.request.method': method, 'server.address': url.hostname };
  const attributes = url.port === '' ? about : { ...about, 'server.port': Number(url.port) };
  return inSpan(method, { kind: 'client', attributes }, async (span) => {
    const beganMs = performance.now();
    const response = await send();
    const outcome = outcomeOf(response);
    const status = 'status' in outcome ? { 'http.response.status_code': outcome.status } : {};
    const type = errorTypeOf(outcome);
    span.setAttributes(status);
    if (type !== undefined) span.fail(type);
    record('clientRequestDuration', (performance.now() - beganMs) / 1_000, {
      ...about,
      ...status,
      ...(type === undefined ? {} : { 'error.type': type }),
    });
    return response;
  });
}

/** The status of a failure, or the code of an error, if it is one. */
function errorTypeOf(outcome: ClientOutcome): string | undefined {
  if ('status' in outcome) return outcome.status >= 400 ? String(outcome.status) : undefined;
  return /^[\w.-]{1,64}$/.test(outcome.error) ? outcome.error : '_OTHER';
}
