/**
 * The way of every HTTP call, step by step: trace, authenticate, handle, answer. The same for a function of
 * its own and for the catch-all; nothing leaves it but an answer in the service's own shape.
 */
import type { HttpRequest, HttpResponseInit, InvocationContext } from '@azure/functions';
import { type Fault, faultOf, ServiceError } from '../faults.ts';
import { lineLog } from '../log.ts';
import type { Log, Ports } from '../ports.ts';
import type { Service } from '../service.ts';
import { type Answer, faultAnswer } from './answer.ts';
import { answerHeaders, type Call, type Trace, traceOf } from './call.ts';
import { matchPath, pathSegments, type Template } from './path.ts';

/** Answers a call, or says why not. */
export type Endpoint = (call: Call, ports: Ports) => Promise<Answer | { fault: Fault }>;

export interface Route {
  /** Name of the function. */
  name: string;
  method: 'GET' | 'POST' | 'PUT';
  /** Below `/v1`, or at the root when `open`. */
  path: Template;
  /** Answers anybody: says nothing that is anybody's. */
  open?: boolean;
  endpoint: Endpoint;
}

/** Answers a request whose route is known. */
export async function serve(
  route: Route,
  request: HttpRequest,
  context: InvocationContext,
  service: Service,
): Promise<HttpResponseInit> {
  const trace = traceOf(request);
  const log = lineLog(context, { correlationId: trace.correlationId, requestId: trace.requestId });
  const answer = await answerTo(route, request, trace, service, log).catch((error: unknown) => {
    if (error instanceof ServiceError) return faultAnswer(error.fault);
    log.warn('call failed', {
      route: route.name,
      error: error instanceof Error ? error.stack : String(error),
    });
    return faultAnswer(faultOf('serviceFailed', 'The service met something it did not expect.'));
  });
  return onTheWire(answer, trace);
}

/** Answers a request by whatever route it matches after its path is made regular. */
export function serveAny(
  routes: readonly Route[],
  request: HttpRequest,
  context: InvocationContext,
  service: Service,
) {
  const segments = pathSegments(request.url);
  const matching = routes.filter(({ path }) => segments && matchPath(path, segments));
  const route =
    matching.find(({ method }) => method === request.method) ??
    notFound(matching.map(({ method }) => method));
  return serve(route, request, context, service);
}

async function answerTo(
  route: Route,
  request: HttpRequest,
  trace: Trace,
  service: Service,
  log: Log,
): Promise<Answer> {
  const params = matchPath(route.path, pathSegments(request.url) ?? []) ?? {};
  const verified = route.open
    ? { caller: NOBODY }
    : await service.verify(request.headers.get('Authorization'));
  if ('fault' in verified) return faultAnswer(verified.fault);
  const answer = await route.endpoint(
    { request, params, trace, caller: verified.caller, policies: service.policies },
    service.ports(log),
  );
  return 'fault' in answer ? faultAnswer(answer.fault) : answer;
}

/** A route for what has none: an unknown path, or a method that the path does not have. 404 for both, as 405 is repeated for ever by the Java SDK. */
function notFound(allowed: string[]): Route {
  return {
    name: 'notFound',
    method: 'GET',
    path: '',
    async endpoint({ request }) {
      const fault = faultOf(
        'routeNotFound',
        `There is no ${request.method} ${new URL(request.url).pathname}.`,
      );
      const answer = faultAnswer(fault);
      return allowed.length > 0
        ? { ...answer, headers: { ...answer.headers, Allow: allowed.join(', ') } }
        : answer;
    },
  };
}

function onTheWire({ status, body, headers }: Answer, trace: Trace): HttpResponseInit {
  const json = body === undefined ? undefined : JSON.stringify(body);
  const type = json === undefined ? {} : { 'Content-Type': 'application/json; charset=utf-8' };
  return {
    status,
    headers: { ...type, ...answerHeaders(trace), ...headers },
    ...(json === undefined ? {} : { body: json }),
  };
}

const NOBODY = { tenant: '', app: '', principal: '', kind: 'app' } as const;
