/** One HTTP call as an endpoint sees it: who calls, about what, and what the headers ask for. */
import { randomBytes, randomUUID } from 'node:crypto';
import type { HttpRequest } from '@azure/functions';
import type { BulkKey } from '../bulk/bulkOrder.ts';
import type { CartKey } from '../cart/cart.ts';
import { type ApiError, apiError } from '../errors.ts';
import type { Caller } from '../identity/caller.ts';
import { digestHex } from '../ids.ts';
import type { Dialect } from './cartResponse.ts';
import { type Client, clientOf } from './clients.ts';
import type { Policies } from './context.ts';
import { readJson } from './json.ts';
import { guid } from './path.ts';

export interface RequestContext {
  request: HttpRequest;
  params: Record<string, string>;
  caller: Caller;
  trace: Trace;
  policies: Policies;
}

/** The ids of a call: echoed, or made when the caller sent none. */
export interface Trace {
  requestId: string;
  /** Whether the caller chose the request id: only then does a repeat carry it, and it means the same call. */
  hasClientRequestId: boolean;
  correlationId: string;
  /** Correlation vector: the third of Partner Center's ways to follow a call. */
  vector: string;
  locale: string;
}

const ID = /^[\x21-\x7e]{1,128}$/;
const VECTOR = /^[\w+/.=!-]{1,128}$/;
const TRACEPARENT = /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;
const LOCALE = /^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/;

/** Reads the ids of a call (docs/contract.md 2.2, 2.3, 2.4). */
export function traceOf({ headers }: Pick<HttpRequest, 'headers'>): Trace {
  const header = (name: string, form: RegExp) => {
    const value = headers.get(name)?.trim() ?? '';
    return form.test(value) ? value : undefined;
  };
  const requestId = header('MS-RequestId', ID);
  return {
    requestId: requestId ?? randomUUID(),
    hasClientRequestId: requestId !== undefined,
    correlationId: header('MS-CorrelationId', ID) ?? randomUUID(),
    vector: header('MS-CV', VECTOR) ?? `${randomBytes(12).toString('base64')}.0`,
    locale: header('X-Locale', LOCALE) ?? 'en-US',
  };
}

/** The headers of every answer. */
export function responseHeaders(trace: Trace): Record<string, string> {
  return {
    'MS-RequestId': trace.requestId,
    'MS-CorrelationId': trace.correlationId,
    'MS-CV': trace.vector,
    'MS-ServerId': '000001',
    'X-Locale': trace.locale,
  };
}

/** The customer of the path; an error when it is not a GUID (docs/contract.md 1.11). */
export function customerOf({ params }: RequestContext): { customer: string } | { error: ApiError } {
  const customer = guid(params.customerId);
  return customer
    ? { customer }
    : { error: apiError('customerIdInvalid', `The customer id ${params.customerId} is not a GUID.`) };
}

/** The cart of the path, in the caller's own tenant. A cart id that is not a GUID is the id of no cart. */
export function cartKeyOf(call: RequestContext): CartKey | { error: ApiError } {
  const customer = customerOf(call);
  if ('error' in customer) return customer;
  const cartId = guid(call.params.cartId);
  if (!cartId) return { error: apiError('cartNotFound', `Cart ${call.params.cartId} was not found.`) };
  return { tenant: call.caller.tenant, ...customer, cartId };
}

/** The bulk order of the path, in the caller's own tenant. */
export function bulkKeyOf({ caller, params }: RequestContext): BulkKey | { error: ApiError } {
  const bulkOrderId = guid(params.bulkOrderId);
  if (bulkOrderId) return { tenant: caller.tenant, bulkOrderId };
  return { error: apiError('bulkOrderNotFound', `Bulk order ${params.bulkOrderId} was not found.`) };
}

/** The body as it was sent. The host hands a body without a length over as none. */
export async function bytesOf({ request }: RequestContext): Promise<Uint8Array | { error: ApiError }> {
  const bytes = new Uint8Array(await request.arrayBuffer());
  if (bytes.length > 0 || !request.headers.has('Transfer-Encoding')) return bytes;
  const description = 'The request needs a body with a Content-Length; one in chunks does not arrive.';
  return { error: apiError('invalidInput', description) };
}

/** A name for bytes: the same bytes, the same name. */
export const hashOf = (bytes: Uint8Array): string => digestHex(64, Buffer.from(bytes).toString('latin1'));

/** The W3C trace that the caller carries on, if there is one. */
export const traceparentOf = ({ request }: RequestContext): string | undefined =>
  TRACEPARENT.exec(request.headers.get('traceparent') ?? '')?.[0];

/** The body as JSON, with its bytes for the key of the call. */
export async function bodyOf(
  call: RequestContext,
): Promise<{ json: unknown; bytes: Uint8Array } | { error: ApiError }> {
  const bytes = await bytesOf(call);
  if ('error' in bytes) return bytes;
  const read = readJson(bytes);
  return 'error' in read ? read : { ...read, bytes };
}

/** The versions that the caller insists on; `undefined` when it does not, or whichever there is will do (`*`). */
export function ifMatchOf({ request }: RequestContext): string[] | undefined {
  const value = request.headers.get('If-Match')?.trim();
  return !value || value === '*' ? undefined : etagsIn(value);
}

/** Whether the caller has this version already: by weak comparison, as a read asks for (RFC 9110, 13.1.2). */
export function ifNoneMatchHits({ request }: RequestContext, etag: string): boolean {
  const value = request.headers.get('If-None-Match')?.trim() ?? '';
  const opaque = (tag: string) => tag.replace(/^W\//, '');
  return value === '*' || etagsIn(value).map(opaque).includes(opaque(etag));
}

const etagsIn = (list: string): string[] => list.split(',').map((etag) => etag.trim());

/** The caller's software. */
export const softwareOf = ({ request }: RequestContext): Client =>
  clientOf(request.headers.get('MS-PartnerCenter-Client'));

/** How this caller reads its answers (docs/contract.md 16.1, 16.2). */
export function dialectOf(call: RequestContext): Dialect {
  return { addonsName: softwareOf(call).addonsName, country: call.policies.country };
}

/** Whether the caller prefers not to wait (RFC 7240). */
export const prefersAsync = ({ request }: RequestContext): boolean =>
  /(^|,)\s*respond-async\s*($|[;,])/i.test(request.headers.get('Prefer') ?? '');
