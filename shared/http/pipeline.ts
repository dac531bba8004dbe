/**
 * The steps of every HTTP request: read its ids, verify the token, check the role, apply the rate limit, let the route
 * parse and handle it, write the response. Every response has the service's own form, also one of an unexpected error.
 */
import type { HttpRequest, HttpResponseInit, InvocationContext } from '@azure/functions';
import { type ApiError, apiError, ServiceError } from '../errors.ts';
import { type Caller, roleFault } from '../identity/caller.ts';
import { errorText, jsonLogger } from '../jsonLogger.ts';
import { isOwnPath } from '../passThrough/target.ts';
import type { Log } from '../ports.ts';
import { record } from '../telemetry/metrics.ts';
import { ATTRIBUTES } from '../telemetry/names.ts';
import { describeSpan } from '../telemetry/span.ts';
import { clientOf } from './clients.ts';
import { compressed } from './compression.ts';
import type { Service } from './context.ts';
import { accessOf, partnerCenterRoute } from './partnerCenterRoute.ts';
import { guid, matchPath, pathSegments } from './path.ts';
import { type ApiResponse, errorResponse, secondsUp } from './response.ts';
import type { RouteEntry } from './route.ts';
import { responseHeaders, type Trace, traceOf } from './trace.ts';

/** What serving a request needs of a route. */
type Served = Pick<RouteEntry, 'name' | 'path' | 'access' | 'handle'>;

/** Serves a request whose route is known. */
export function serve(
  route: Pick<RouteEntry, 'name' | 'path' | 'access' | 'handle' | 'isPartnerCenters'>,
  request: HttpRequest,
  context: InvocationContext,
  service: Service,
): Promise<HttpResponseInit> {
  const { passThrough } = service;
  const served =
    passThrough && route.isPartnerCenters ? partnerCenterRoute(passThrough, route.access) : route;
  return serveAs(served, request, context, service);
}

async function serveAs(
  route: Served,
  request: HttpRequest,
  context: InvocationContext,
  service: Service,
): Promise<HttpResponseInit> {
  const trace = traceOf(request);
  const { correlationId, requestId } = trace;
  const logOf = (ids: Record<string, string> = {}) =>
    jsonLogger(context, { correlationId, requestId, ...ids });
  describeRequest(route, request, trace);
  const written = (response: ApiResponse) =>
    toHttpResponse(response, trace, request.headers.get('Accept-Encoding'));
  // Writing the response is part of what may fail: a failure while responding has the error format, too.
  return respond(route, request, trace, service, logOf)
    .then(written)
    .catch((error: unknown) => {
      if (error instanceof ServiceError) {
        const { message, cause } = error;
        logOf().warn('dependency unavailable', { route: route.name, reason: message, cause: String(cause) });
        return written(errorResponse(error.apiError));
      }
      logOf().warn('request failed', {
        route: route.name,
        error: errorText(error),
      });
      return written(errorResponse(apiError('serviceFailed', 'An unexpected error occurred.')));
    });
}

/**
 * Serves a request by the route that its normalized path matches; HEAD is served as GET, and the host omits the body.
 * A request that is not this service's to serve is passed through, where that is configured.
 */
export function dispatch(
  routes: readonly RouteEntry[],
  request: HttpRequest,
  context: InvocationContext,
  service: Service,
) {
  const segments = pathSegments(request.url);
  const matching = routes.filter(({ path }) => segments && matchPath(path, segments));
  const asked = request.method === 'HEAD' ? 'GET' : request.method; // the host sends no body to a HEAD
  const route = matching.find(({ method }) => method === asked);
  if (route) return serve(route, request, context, service);
  const { passThrough } = service;
  const own = passThrough ? routes.filter(({ isPartnerCenters }) => !isPartnerCenters) : routes;
  const isOwn = isOwnPath(
    own.map(({ path }) => path),
    segments ?? [],
  );
  const allowed = matching.filter((one) => own.includes(one)).map(({ method }) => method);
  const other =
    passThrough && segments && !isOwn
      ? partnerCenterRoute(passThrough, accessOf(request.method))
      : notFound(allowed);
  return serveAs(other, request, context, service);
}

async function respond(
  route: Served,
  request: HttpRequest,
  trace: Trace,
  service: Service,
  logOf: (ids: Record<string, string>) => Log,
): Promise<ApiResponse> {
  const segments = pathSegments(request.url);
  const params = matchPath(route.path, segments ?? []) ?? {};
  const client = clientOf(request.headers.get('MS-PartnerCenter-Client'));
  const authorized =
    route.access === 'open' ? { caller: NO_CALLER } : await authorize(route, request, service);
  if ('error' in authorized) return errorResponse(authorized.error, client);
  const { caller } = authorized;
  const received = { request, params, trace, caller, policies: service.policies };
  const log = logOf(describeCaller(caller, params));
  // The host reads a broken escape as other characters and finds a route; the path has none (docs/contract.md 1.6).
  const { handle } = segments ? route : notFound([]);
  const outcome = await handle(received, service.ports(log));
  return 'error' in outcome ? errorResponse(outcome.error, client) : outcome;
}

/** The caller, or the reason of the rejection. It precedes every effect, and a rejected caller uses no rate of the tenant. */
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
  if (!full) return { caller };
  record('requestsThrottled', 1, { [ATTRIBUTES.tenant]: caller.tenant });
  return { error: tooManyRequests(full.waitMs) };
}

/** The ids that a request is about, as fields of its log lines; they become attributes of its span. */
function describeCaller({ tenant }: Caller, params: Record<string, string>): Record<string, string> {
  const cartId = guid(params.cartId);
  describeSpan(() => ({
    attributes: { [ATTRIBUTES.tenant]: tenant, ...(cartId ? { [ATTRIBUTES.cartId]: cartId } : {}) },
  }));
  return { ...(tenant ? { tenant } : {}), ...(cartId ? { cartId } : {}) };
}

/** Names the span of the request. The path itself contains ids, and may be anything that a caller sends. */
function describeRequest({ name, path, access }: Served, { method }: HttpRequest, trace: Trace): void {
  describeSpan(() => {
    const route = name === NOT_FOUND ? undefined : access === 'open' ? `/${path}` : `/v1/${path}`;
    const about = { 'http.request.method': method, [ATTRIBUTES.correlationId]: trace.correlationId };
    return route
      ? { name: `${method} ${route}`, attributes: { ...about, 'http.route': route } }
      : { name: method, attributes: about };
  });
}

function tooManyRequests(retryAfterMs: number): ApiError {
  const description = `Rate limit is exceeded. Try again in ${secondsUp(retryAfterMs)} seconds.`;
  return apiError('tooManyRequests', description, { retryAfterMs });
}

/** The route of an unknown path or method: 404 for both, because the Java SDK repeats a 405 indefinitely (docs/contract.md 1.8). */
function notFound(allowed: string[]): Served {
  return {
    name: NOT_FOUND,
    path: '',
    access: 'read', // an unauthorized caller gets 401 for every path, and learns nothing of the routes
    async handle({ request }) {
      const missing = `There is no ${request.method} ${new URL(request.url).pathname}.`;
      if (allowed.length === 0) return errorResponse(apiError('routeNotFound', missing));
      const Allow = allowed.join(', ').replace('GET', 'GET, HEAD');
      const answer = errorResponse(apiError('routeNotFound', `${missing} The path has ${Allow}.`));
      return { ...answer, headers: { ...answer.headers, Allow } };
    },
  };
}

async function toHttpResponse(
  { status, body, content, headers, passedThrough }: ApiResponse,
  trace: Trace,
  acceptEncoding: string | null,
): Promise<HttpResponseInit> {
  if (passedThrough) return passedThrough;
  const text = content?.text ?? JSON.stringify(body);
  if (text === undefined) return { status, headers: { ...responseHeaders(trace), ...headers } };
  const type = { 'Content-Type': `${content?.type ?? 'application/json'}; charset=utf-8` };
  const { body: bytes, headers: encoding } = await compressed(text, acceptEncoding);
  return { status, headers: { ...type, ...encoding, ...responseHeaders(trace), ...headers }, body: bytes };
}

const NOT_FOUND = 'notFound';
const NO_CALLER: Caller = { tenant: '', app: '', principal: '', kind: 'app', roles: [] };
