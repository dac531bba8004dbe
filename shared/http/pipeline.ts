/**
 * The way of every HTTP call, step by step: trace, authenticate, authorise, throttle, handle, answer. The
 * same for a function of its own and for the catch-all; nothing leaves it but an answer in the service's own
 * shape.
 */
import type { HttpRequest, HttpResponseInit, InvocationContext } from '@azure/functions';
import { type ApiError, apiError, ServiceError } from '../errors.ts';
import { type Caller, roleFault } from '../identity/caller.ts';
import { jsonLogger } from '../jsonLogger.ts';
import type { Log } from '../ports.ts';
import { clientOf } from './clients.ts';
import { compressed } from './compression.ts';
import type { Service } from './context.ts';
import { matchPath, pathSegments } from './path.ts';
import { type ApiResponse, errorResponse, secondsUp } from './response.ts';
import type { Route } from './route.ts';
import { responseHeaders, type Trace, traceOf } from './trace.ts';

/** What serving a request needs of a route. */
type Served = Pick<Route, 'name' | 'path' | 'access' | 'handle'>;

/** Answers a request whose route is known. */
export async function serve(
  route: Served,
  request: HttpRequest,
  context: InvocationContext,
  service: Service,
): Promise<HttpResponseInit> {
  const trace = traceOf(request);
  const log = jsonLogger(context, { correlationId: trace.correlationId, requestId: trace.requestId });
  const written = (response: ApiResponse) =>
    toHttpResponse(response, trace, request.headers.get('Accept-Encoding'));
  // Writing the response is part of what may fail: a failure while responding has the error format, too.
  return respond(route, request, trace, service, log)
    .then(written)
    .catch((error: unknown) => {
      if (error instanceof ServiceError) return written(errorResponse(error.apiError));
      log.warn('request failed', {
        route: route.name,
        error: error instanceof Error ? error.stack : String(error),
      });
      return written(errorResponse(apiError('serviceFailed', 'An unexpected error occurred.')));
    });
}

/** Answers a request by whatever route it matches after its path is made regular; a HEAD as the GET that it is but for the body. */
export function dispatch(
  routes: readonly Route[],
  request: HttpRequest,
  context: InvocationContext,
  service: Service,
) {
  const segments = pathSegments(request.url);
  const matching = routes.filter(({ path }) => segments && matchPath(path, segments));
  const asked = request.method === 'HEAD' ? 'GET' : request.method; // the host sends no body to a HEAD
  const route =
    matching.find(({ method }) => method === asked) ?? notFound(matching.map(({ method }) => method));
  return serve(route, request, context, service);
}

async function respond(
  route: Served,
  request: HttpRequest,
  trace: Trace,
  service: Service,
  log: Log,
): Promise<ApiResponse> {
  const params = matchPath(route.path, pathSegments(request.url) ?? []) ?? {};
  const client = clientOf(request.headers.get('MS-PartnerCenter-Client'));
  const authorized =
    route.access === 'open' ? { caller: NO_CALLER } : await authorize(route, request, service);
  if ('error' in authorized) return errorResponse(authorized.error, client);
  const { caller } = authorized;
  const received = { request, params, trace, caller, policies: service.policies };
  const outcome = await route.handle(received, service.ports(log));
  return 'error' in outcome ? errorResponse(outcome.error, client) : outcome;
}

/** Who calls, or why nobody is let in. All of it comes before any effect, and a caller who is refused spends nothing of the tenant's rate. */
async function authorize(
  { access }: Served,
  request: HttpRequest,
  { verify, policies, limitInbound }: Service,
): Promise<{ caller: Caller } | { error: ApiError }> {
  const verified = await verify(request.headers.get('Authorization'));
  if ('error' in verified) return verified;
  const { caller } = verified;
  const lacking = roleFault(caller, access, policies.roles);
  if (lacking) return { error: lacking };
  const full = limitInbound(caller.tenant);
  return full ? { error: tooManyRequests(full.waitMs) } : { caller };
}

function tooManyRequests(retryAfterMs: number): ApiError {
  const description = `Rate limit is exceeded. Try again in ${secondsUp(retryAfterMs)} seconds.`;
  return apiError('tooManyRequests', description, { retryAfterMs });
}

/** A route for what has none: an unknown path, or a method that the path does not have. 404 for both, as 405 is repeated for ever by the Java SDK. */
function notFound(allowed: string[]): Served {
  return {
    name: 'notFound',
    path: '',
    access: 'read', // an unauthorized caller gets 401 for every path, and learns nothing of the routes
    async handle({ request }) {
      const error = apiError(
        'routeNotFound',
        `There is no ${request.method} ${new URL(request.url).pathname}.`,
      );
      const answer = errorResponse(error);
      return allowed.length > 0
        ? { ...answer, headers: { ...answer.headers, Allow: allowed.join(', ').replace('GET', 'GET, HEAD') } }
        : answer;
    },
  };
}

async function toHttpResponse(
  { status, body, html, csv, headers }: ApiResponse,
  trace: Trace,
  acceptEncoding: string | null,
): Promise<HttpResponseInit> {
  const text = html ?? csv ?? JSON.stringify(body);
  if (text === undefined) return { status, headers: { ...responseHeaders(trace), ...headers } };
  const media = html === undefined ? (csv === undefined ? 'application/json' : 'text/csv') : 'text/html';
  const type = { 'Content-Type': `${media}; charset=utf-8` };
  const { body: bytes, headers: encoding } = await compressed(text, acceptEncoding);
  return { status, headers: { ...type, ...encoding, ...responseHeaders(trace), ...headers }, body: bytes };
}

const NO_CALLER: Caller = { tenant: '', app: '', principal: '', kind: 'app', roles: [] };
