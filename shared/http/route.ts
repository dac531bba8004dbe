/**
 * A route: where it is, what it reads, and the endpoint that handles it. A route declares its path parameters, query,
 * headers and body as parsers; the pipeline runs them in this order and gives the endpoint typed values, so an
 * endpoint validates nothing itself, and the API reference describes exactly what is read.
 */
import type { HttpRequest } from '@azure/functions';
import * as z from 'zod';
import { type ApiError, apiError } from '../errors.ts';
import type { CallIdentity } from '../idempotency.ts';
import type { Access, Caller } from '../identity/caller.ts';
import type { Ports } from '../ports.ts';
import { type FieldProblem, problemText, validate } from '../validation.ts';
import type { Policies } from './context.ts';
import { parameterError } from './parameters.ts';
import type { Template } from './path.ts';
import type { ApiResponse } from './response.ts';
import type { RouteDocs } from './routeDocs.ts';
import { callIdOf, type Trace } from './trace.ts';

export type Outcome = ApiResponse | { error: ApiError };

/** A request as the pipeline hands it to its route: authorized, with its path matched. */
export interface ReceivedRequest {
  request: HttpRequest;
  /** Path parameters as sent, without braces. */
  params: Record<string, string>;
  caller: Caller;
  trace: Trace;
  policies: Policies;
}

/** A body and what else its reader may depend on. */
export interface ReceivedBody<Query> {
  bytes: Uint8Array;
  contentType: string;
  /** The query as parsed, and as sent. */
  query: Query;
  queryText: string;
  caller: Caller;
  identity: CallIdentity;
}

/** Reads a body. Its schema is the one that the reference shows. */
export interface BodyReader<Body, Query> {
  schema: z.ZodType;
  /** Schema of one line, where NDJSON is read as well. */
  lines?: z.ZodType;
  /** Whether a request has to have a body. */
  isRequired: boolean;
  /** Largest body in bytes. */
  maxBytes: number;
  read(received: ReceivedBody<Query>): Promise<{ body: Body } | { error: ApiError }>;
}

/** Where a route is served: below `/v1`, and at the root when it is open or one of Partner Center's webhook routes. */
export const canonicalPath = ({ access, path }: Pick<Route, 'access' | 'path'>): Template =>
  access === 'open' || path.startsWith('webhooks/') ? path : `v1/${path}`;

/** What an endpoint gets: everything that its route reads, and who calls. */
export interface Call<Params, Query, Headers, Body> {
  params: Params;
  query: Query;
  headers: Headers;
  body: Body;
  caller: Caller;
  identity: CallIdentity;
  policies: Policies;
  /** Scheme and host of the request. */
  origin: string;
}

/** A route with its types erased, as the pipeline and the reference see it. */
export interface Route {
  /** Name of the function. */
  name: string;
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Without the leading `v1` of {@link canonicalPath}. */
  path: Template;
  /** What the caller needs. An `open` route returns no data of a partner, and is never rate-limited. */
  access: Access;
  /** Of a resource that is Partner Center's: with pass-through, its requests are answered there (docs/contract.md 23.2). */
  isPartnerCenters?: boolean;
  reads: {
    params: z.ZodObject;
    query: z.ZodObject;
    headers: z.ZodObject;
    body?: Pick<BodyReader<unknown, unknown>, 'schema' | 'lines' | 'isRequired'>;
  };
  /** Parses the request and calls the endpoint. */
  handle(received: ReceivedRequest, ports: Ports): Promise<Outcome>;
  /** What the reference says of it. */
  docs: RouteDocs;
}

/** A route as the host and the pipeline see it, without what only its endpoint and the reference need. */
export type RouteEntry = Omit<Route, 'reads' | 'docs'>;

interface Definition<Params extends z.ZodObject, Query extends z.ZodObject, Headers extends z.ZodObject, Body>
  extends Pick<Route, 'name' | 'method' | 'path' | 'access' | 'isPartnerCenters' | 'docs'> {
  params?: Params;
  query?: Query;
  headers?: Headers;
  body?: BodyReader<Body, z.output<Query>>;
  endpoint(
    call: Call<z.output<Params>, z.output<Query>, z.output<Headers>, Body>,
    ports: Ports,
  ): Promise<Outcome>;
}

/** What a route without parameters of a kind reads. */
type Nothing = z.ZodObject<Record<never, never>>;
const NOTHING = z.object({});

/** Makes a route of its definition. */
export function defineRoute<
  Params extends z.ZodObject = Nothing,
  Query extends z.ZodObject = Nothing,
  Headers extends z.ZodObject = Nothing,
  Body = undefined,
>(definition: Definition<Params, Query, Headers, Body>): Route {
  const { name, method, path, access, isPartnerCenters = false, docs, body } = definition;
  const reads = {
    params: definition.params ?? NOTHING,
    query: definition.query ?? NOTHING,
    headers: definition.headers ?? NOTHING,
    ...(body ? { body } : {}),
  };
  return {
    name,
    method,
    path,
    access,
    isPartnerCenters,
    docs,
    reads,
    async handle(received, ports) {
      const { request, caller, trace, policies } = received;
      const requestId = callIdOf(trace.requestId) ?? trace.requestId;
      const identity: CallIdentity = { tenant: caller.tenant, app: caller.app, ...trace, requestId };
      const params = read(reads.params as Params, () => received.params);
      if ('error' in params) return params;
      const query = read(reads.query as Query, () => queryOf(request, reads.query));
      if ('error' in query) return query;
      const headers = read(reads.headers as Headers, () => headersOf(request, reads.headers));
      if ('error' in headers) return headers;
      const given = { caller, identity };
      const sent = body ? await readBody(body, request, { ...given, query: query.value }) : undefined;
      if (sent && 'error' in sent) return sent;
      return definition.endpoint(
        {
          params: params.value,
          query: query.value,
          headers: headers.value,
          body: sent?.body as Body, // absent exactly when the definition has no reader, where Body is undefined
          ...given,
          policies,
          origin: new URL(request.url).origin,
        },
        ports,
      );
    },
  };
}

/** Never absent when empty: a client that has lost its cursor would read the first page again, and never end. */
const OF_PAGES = ['size', 'after'];

/**
 * The query with the names of the schema; a request may spell them in any letter case. An empty value is absent
 * (docs/contract.md 5.5).
 */
function queryOf({ query }: HttpRequest, schema: z.ZodObject): Record<string, string> {
  const sent = new Map([...query].map(([name, value]) => [name.toLowerCase(), value]));
  return Object.fromEntries(
    Object.keys(schema.shape).flatMap((name) => {
      const value = sent.get(name.toLowerCase());
      const isAbsent = value === undefined || (value === '' && !OF_PAGES.includes(name));
      return isAbsent ? [] : [[name, value]];
    }),
  );
}

function headersOf({ headers }: HttpRequest, schema: z.ZodObject): Record<string, string | undefined> {
  return Object.fromEntries(Object.keys(schema.shape).map((name) => [name, headers.get(name) ?? undefined]));
}

/** The values by their schema, or the error of the first one that cannot be read. A route that declares none pays for none. */
function read<Schema extends z.ZodObject>(
  schema: Schema,
  valuesOf: () => Record<string, unknown>,
): { value: z.output<Schema> } | { error: ApiError } {
  if (schema === (NOTHING as z.ZodObject)) return { value: {} as z.output<Schema> };
  const sent = valuesOf();
  const result = validate(schema, sent);
  if ('value' in result) return result;
  const [first] = result.problems;
  const named = parameterError(bare(schema.shape[first?.path ?? '']));
  const value = sent[first?.path ?? ''];
  if (named?.description) return { error: apiError(named.name, named.description(String(value))) };
  return { error: invalid(result.problems, named?.name) };
}

/** The schema of a member without what makes it optional. */
function bare(schema: z.core.$ZodType | undefined): z.core.$ZodType | undefined {
  const isWrapper = schema instanceof z.ZodOptional || schema instanceof z.ZodDefault;
  return isWrapper ? bare(schema.unwrap()) : schema;
}

/** Most problems in one response (docs/contract.md 9.1): a hostile body could have a million. */
const MAX_PROBLEMS = 1_000;

/** The error of these problems, the first thousand of them in `data`. */
export function invalid(
  problems: readonly FieldProblem[],
  name: ApiError['name'] = 'invalidInput',
): ApiError {
  const data = problems.slice(0, MAX_PROBLEMS);
  return apiError(name, problemText(data).slice(0, 1_000), { data });
}

/** Reads the body, after everything else about the request has been accepted. */
async function readBody<Body, Query>(
  reader: BodyReader<Body, Query>,
  request: HttpRequest,
  given: Pick<ReceivedBody<Query>, 'caller' | 'identity' | 'query'>,
): Promise<{ body: Body } | { error: ApiError }> {
  const received = await readBytes(request, reader.maxBytes);
  if ('error' in received) return received;
  const { bytes } = received;
  return reader.read({
    ...given,
    bytes,
    contentType: request.headers.get('Content-Type') ?? '',
    queryText: request.query.toString(),
  });
}

/**
 * The bytes of a body. One that is declared larger than the limit is not read. The host hands a body without a length
 * over as an empty one, which is an error.
 */
export async function readBytes(
  request: HttpRequest,
  maxBytes: number,
): Promise<{ bytes: Uint8Array } | { error: ApiError }> {
  const tooLarge = { error: apiError('invalidInput', `The body is larger than ${maxBytes} bytes.`) };
  if (Number(request.headers.get('Content-Length')) > maxBytes) return tooLarge;
  const bytes = new Uint8Array(await request.arrayBuffer());
  if (bytes.length > maxBytes) return tooLarge;
  if (bytes.length === 0 && request.headers.has('Transfer-Encoding')) {
    const description = 'The request needs a body with a Content-Length; a chunked body does not arrive.';
    return { error: apiError('invalidInput', description) };
  }
  return { bytes };
}
