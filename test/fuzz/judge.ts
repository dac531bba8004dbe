/**
 * What every answer of the service must be, whatever the request was: no 500, rejections in one
 * shape, carts whole. Pure; throws with the sentence that the answer breaks.
 */
import { isUtf8 } from 'node:buffer';
import { parseRequestTarget } from '@cartwright/functions-host/request-target';
import type { HostileRequest } from './requests.ts';
import type { WireAnswer } from './wire.ts';

/** A JSON object of an answer. */
export type Json = Record<string, unknown>;

const METHODS_OF_FUNCTIONS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'];
const REFUSALS = [400, 401, 403, 404, 409, 412];
const CYCLES = ['monthly', 'annual', 'none', 'one_time', 'triennial', 'biennial'];
const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const TIMESTAMP = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z$/;
const LIFETIME_MS = 7 * 24 * 3_600_000;
/** What the callers said, kept as it is: it alone may hold anything. */
const OPAQUE = 'scheduledNextTermInstructions';

/** Judges one response; returns its body. */
export function judge(asked: HostileRequest, { status, headers, text }: WireAnswer): Json {
  if (status >= 500 || status < 200) throw new Error(`It answered ${status}: ${text.slice(0, 500)}`);
  if (isHostsOwn(asked) && (text.startsWith('<!DOCTYPE html>') || (status >= 400 && text === ''))) return {};
  if (status === 304) return {};
  if (status >= 300 && status < 400) throw new Error(`It redirects: ${status} to ${headers.location}.`);
  if (headers['content-type'] !== 'application/json; charset=utf-8') {
    throw new Error(`The ${status} is of type ${headers['content-type']}.`);
  }
  if (asked.method === 'HEAD') return {};
  const body = JSON.parse(text) as Json;
  if (status >= 400) judgeRefusal(status, body);
  judgeMembers(body, 'body');
  return body;
}

/**
 * What the Functions host answers in its own name, so that the service never sees it: other methods (its home
 * page at `/`), paths that it cannot read, and those that are its own or no route's once dot segments are gone
 * (`/v1/..//customers`), and headers that are not UTF-8.
 */
function isHostsOwn({ method, path, headers }: HostileRequest): boolean {
  if (headers.some(([, value]) => !isUtf8(Buffer.from(value, 'latin1')))) return true;
  const read = parseRequestTarget(path.replace(/^\/{2,}/, '/'))?.path;
  return !METHODS_OF_FUNCTIONS.includes(method) || read === undefined || /^\/(\/|admin(\/|$))/i.test(read);
}

function judgeRefusal(status: number, { code, description, data, source, ...more }: Json): void {
  const isWhole =
    typeof code === 'string' &&
    /^\d+$/.test(code) &&
    typeof description === 'string' &&
    description.length > 0 &&
    description.length <= 1_024 &&
    Array.isArray(data) &&
    typeof source === 'string';
  if (!isWhole || Object.keys(more).length > 0) throw new Error(`The ${status} is not in the error shape.`);
  if (!REFUSALS.includes(status)) throw new Error(`A client would repeat the ${status} for ever.`);
}

function judgeMembers(value: unknown, path: string): void {
  if (value === null) throw new Error(`${path} is null.`);
  if (typeof value !== 'object') return;
  for (const [name, inner] of Object.entries(value)) {
    if (name === '__proto__') throw new Error(`${path} has a member __proto__.`);
    if (name !== OPAQUE) judgeMembers(inner, `${path}.${name}`);
  }
}

/** Judges a cart, whatever request created it. */
export function judgeCart(cart: Json): void {
  const must = (holds: boolean, what: string) => {
    if (!holds) throw new Error(`The cart is not valid: ${what} (${JSON.stringify(cart).slice(0, 500)}).`);
  };
  const times = [cart.creationTimestamp, cart.lastModifiedTimestamp, cart.expirationTimestamp].map(String);
  const [created = '', , expires = ''] = times;
  must(GUID.test(String(cart.id)), 'id');
  must(
    times.every((time) => TIMESTAMP.test(time)),
    'timestamps',
  );
  must(Date.parse(expires) - Date.parse(created) === LIFETIME_MS, 'lifetime');
  must(['Active', 'Ordered'].includes(String(cart.status)), 'status');
  const items = linesOf(cart);
  must(items.length >= 1 && items.length <= 200, 'number of line items');
  for (const [n, item] of items.entries()) {
    must(item.id === n, `id of line item ${n}`);
    must(Number.isInteger(item.quantity) && Number(item.quantity) >= 1, `quantity of ${n}`);
    must(CYCLES.includes(String(item.billingCycle)), `billing cycle of ${n}`);
    must(/^[A-Z]{3}$/.test(String(item.currencyCode)), `currency of ${n}`);
    must(/^(OMS-)?\d+$/.test(String(item.orderGroup)), `order group of ${n}`);
    must(
      typeof item.catalogItemId === 'string' && item.catalogItemId.trim() !== '',
      `catalogue item of ${n}`,
    );
    must(!('addonItems' in item && 'addOnItems' in item), `add-ons of ${n} under two names`);
  }
}

/** Base line items and add-ons in the order in which they are numbered. */
function linesOf({ lineItems, addonItems, addOnItems }: Json): Json[] {
  const items = (lineItems ?? addonItems ?? addOnItems ?? []) as Json[];
  return items.flatMap((item) => [item, ...linesOf({ ...item, lineItems: undefined })]);
}
