/**
 * What a caller can do, each as a command that does it to the service and to the model and compares. Nothing
 * is done close to the end of a cart's life: a command waits until the end is behind it, or gives its run up
 * when the machine was so slow that the end came in the middle of a call.
 */
import fc, { type AsyncCommand } from 'fast-check';
import { expect } from 'vitest';
import { type Answer, type CallOptions, type CallService, eventually } from '../e2e/running.ts';
import {
  badIds,
  CONTENTS,
  expectedLines,
  expectedOrders,
  type Insists,
  ifMatch,
  isExpired,
  type Model,
  type ModelCart,
  NO_CARTS,
} from './model.ts';

/** Something that a caller does, to the service and to the model. */
export type Command = AsyncCommand<Model, CallService>;

/** No call takes longer, on a machine that is not hopelessly busy. */
const CLEAR_MS = 1_000;
const REMEMBERED_WRITES = 8;

/** How long the carts of these runs live: short, so that some are outlived. */
export const LIFETIME_MS = 3_000;

/** A request id of the few that there are, so that some come twice; none for a caller that sends none. */
export type RequestId = number | undefined;
const idHeader = (id: RequestId): Record<string, string> =>
  id === undefined ? {} : { 'MS-RequestId': `00000000-0000-4000-8000-00000000000${id}` };

/** Makes the call clear of the carts' ends; gives the answer and whether the cart had expired. */
async function timely(call: CallService, cart: ModelCart, how: [string, string, CallOptions?]) {
  if (!cart.ordered && Math.abs(cart.expiresMs - Date.now()) < CLEAR_MS) await pastEnd(cart);
  const isGone = isExpired(cart, Date.now());
  const answer = await call(...how);
  fc.pre(isGone === isExpired(cart, Date.now()));
  return { answer, isGone };
}

const pastEnd = (cart: ModelCart) => eventually(async () => Date.now() > cart.expiresMs + 50);

const refused = ({ status, body }: Answer, ...expected: [status: number, code: string]) =>
  expect([status, body.code]).toEqual(expected);

const cartAt = ({ carts }: Model, n: number) => carts[n % carts.length] as ModelCart;

/** The cart that the answer speaks of is now the model's. */
function written(cart: ModelCart, { status, body, headers }: Answer, lines: ModelCart['lines']): void {
  expect(status).toBe(201);
  expect(body).toMatchObject({ status: 'Active', lineItems: expectedLines(lines) });
  const etag = String(headers.get('ETag'));
  expect([etag, ...cart.staleEtags]).not.toContain(cart.etag);
  Object.assign(cart, { body, lines, etag, staleEtags: [cart.etag, ...cart.staleEtags].filter(Boolean) });
}

/** Makes a cart; or, with a request id and content that came before, gets the cart of then as it stands now. */
export const create = (content: number, id: RequestId): Command => ({
  check: () => true,
  toString: () => `create(content ${content}, request ${id})`,
  async run(model, call) {
    const lines = CONTENTS[content] ?? [];
    const path = `/v1/customers/${model.customer}/carts`;
    const options = { body: { lineItems: lines }, headers: idHeader(id) };
    const earlier = id === undefined ? undefined : model.creates.get(`${id} ${content}`);
    if (earlier) {
      const { answer, isGone } = await timely(call, earlier, ['POST', path, options]);
      if (isGone) refused(answer, 404, '800008');
      else expect([answer.status, answer.body]).toEqual([201, earlier.body]);
      return;
    }
    const answer = await call('POST', path, options);
    const { id: cartId, expirationTimestamp, creationTimestamp } = answer.body;
    const cart: ModelCart = {
      path: `${path}/${cartId}`,
      body: answer.body,
      lines,
      expiresMs: Date.parse(String(expirationTimestamp)),
      ordered: false,
      etag: '',
      staleEtags: [],
      writes: [],
      latest: undefined,
    };
    written(cart, answer, lines);
    expect(cart.expiresMs - Date.parse(String(creationTimestamp))).toBe(LIFETIME_MS);
    expect(model.carts.map((other) => other.path)).not.toContain(cart.path);
    model.carts.push(cart);
    if (id !== undefined) model.creates.set(`${id} ${content}`, cart);
  },
});

/** What every history begins with, so that there is something to do the rest to. */
export const firstCreate = create(0, undefined);

/** Sends a body that is no cart: refused with its code. */
export const createNoCart = (kind: number): Command => ({
  check: () => true,
  toString: () => `createNoCart(${kind})`,
  async run(model, call) {
    const [body, code = ''] = NO_CARTS[kind] ?? [];
    refused(await call('POST', `/v1/customers/${model.customer}/carts`, { body }), 400, code);
  },
});

/** Reads a cart: as it was last written, or gone. */
export const get = (n: number): Command => ({
  check: ({ carts }) => carts.length > 0,
  toString: () => `get(cart ${n})`,
  async run(model, call) {
    const cart = cartAt(model, n);
    const { answer, isGone } = await timely(call, cart, ['GET', cart.path]);
    if (isGone) refused(answer, 404, '800008');
    else expect([answer.status, answer.body]).toEqual([200, cart.body]);
  },
});

/**
 * Replaces the line items. A repeat of the latest replace returns the cart; a repeat of an earlier one, and a replace of a
 * cart that has expired, was ordered or has changed since the version in `If-Match`, is an error.
 */
export const replace = (n: number, content: number, id: RequestId, insists: Insists): Command => ({
  check: ({ carts }) => carts.length > 0,
  toString: () => `replace(cart ${n}, content ${content}, request ${id}, If-Match ${insists})`,
  async run(model, call) {
    const cart = cartAt(model, n);
    const lines = CONTENTS[content] ?? [];
    const options = { body: { lineItems: lines }, headers: { ...idHeader(id), ...ifMatch(cart, insists) } };
    const { answer, isGone } = await timely(call, cart, ['PUT', cart.path, options]);
    const write = `${id} ${content}`;
    if (isGone) refused(answer, 404, '800008');
    else if (cart.latest === write) expect([answer.status, answer.body]).toEqual([201, cart.body]);
    else if (cart.writes.includes(write)) {
      if (insists === 'fresh' || insists === 'stale') refused(answer, 412, '2055');
      else refused(answer, 409, '800064');
    } else if (cart.ordered) refused(answer, 400, '800065');
    else if (insists === 'stale') refused(answer, 412, '2055');
    else {
      const { creationTimestamp, expirationTimestamp } = cart.body;
      written(cart, answer, lines);
      expect(answer.body).toMatchObject({ creationTimestamp, expirationTimestamp });
      cart.latest = id === undefined ? undefined : write;
      if (id !== undefined) {
        const earlier = cart.writes.filter((one) => one !== write);
        cart.writes = [write, ...earlier].slice(0, REMEMBERED_WRITES);
      }
    }
  },
});

/** Replaces by what is no cart: refused before the cart is looked at. */
export const replaceByNoCart = (n: number, kind: number): Command => ({
  check: ({ carts }) => carts.length > 0,
  toString: () => `replaceByNoCart(cart ${n}, ${kind})`,
  async run(model, call) {
    const [body, code = ''] = NO_CARTS[kind] ?? [];
    refused(await call('PUT', cartAt(model, n).path, { body }), 400, code);
  },
});

/** The cart is ordered now, with these orders; the version before stays good for repeats of the call that insisted on it. */
async function ordered(model: Model, cart: ModelCart, result: Answer['body'], call: CallService) {
  const orders = result.orders ?? [];
  expect(orders).toMatchObject(expectedOrders(cart.lines));
  expect(orders).toHaveLength(expectedOrders(cart.lines).length);
  const got = await call('GET', cart.path);
  expect(got).toMatchObject({
    status: 200,
    body: {
      status: 'Ordered',
      lineItems: cart.body.lineItems,
      expirationTimestamp: cart.body.expirationTimestamp,
    },
  });
  model.orderIds.push(...orders.map(({ id }) => id));
  Object.assign(cart, { ordered: true, result, body: got.body, etag: got.headers.get('ETag') });
}

/** Checks a cart out: ordered once, with the same response to every repeat. */
export const checkOut = (n: number, insists: Insists, prefersAsync: boolean): Command => ({
  check: ({ carts }) => carts.length > 0,
  toString: () => `checkOut(cart ${n}, If-Match ${insists}${prefersAsync ? ', async' : ''})`,
  async run(model, call) {
    const cart = cartAt(model, n);
    // Once it is ordered, the version that was ordered is as good as the present one.
    const headers = ifMatch(cart.ordered ? { ...cart, staleEtags: [] } : cart, insists);
    const options = { headers: prefersAsync ? { ...headers, Prefer: 'respond-async' } : headers };
    const { answer, isGone } = await timely(call, cart, ['POST', `${cart.path}/checkout`, options]);
    if (isGone) return refused(answer, 404, '800008');
    if (insists === 'stale') return refused(answer, 412, '2055');
    if (cart.ordered) return expect([answer.status, answer.body]).toEqual([201, cart.result]);
    const bad = badIds(cart.lines);
    if (bad.length > 0) {
      refused(answer, 400, '800009');
      return expect(answer.body.data).toMatchObject(bad.map((lineItemId) => ({ lineItemId })));
    }
    if (!prefersAsync) {
      expect(answer.status).toBe(201);
      return ordered(model, cart, answer.body, call);
    }
    expect(answer.status).toBe(202);
    await eventually(async () => (await call('GET', `${cart.path}/checkout`)).body.status === 'ordered');
    return ordered(model, cart, (await call('POST', `${cart.path}/checkout`)).body, call);
  },
});

/** Follows the checkout of a cart: there is one once the cart is ordered. */
export const follow = (n: number): Command => ({
  check: ({ carts }) => carts.length > 0,
  toString: () => `follow(cart ${n})`,
  async run(model, call) {
    const cart = cartAt(model, n);
    const { answer, isGone } = await timely(call, cart, ['GET', `${cart.path}/checkout`]);
    if (isGone) return refused(answer, 404, '800008');
    if (!cart.ordered) return refused(answer, 404, '1000');
    return expect(answer).toMatchObject({
      status: 200,
      body: { status: 'ordered', attempts: 1, orders: cart.result?.orders, orderErrors: [] },
    });
  },
});

/** Lists the customer's orders: those of the checkouts, each once. */
export const listOrders: Command = {
  check: () => true,
  toString: () => 'listOrders()',
  async run({ customer, orderIds }, call) {
    const { status, body } = await call('GET', `/v1/customers/${customer}/orders`);
    expect(status).toBe(200);
    expect(body.items?.map(({ id }) => id).sort()).toEqual([...orderIds].sort());
  },
};

/** Lets time pass until the cart's end is behind. */
export const outlive = (n: number): Command => ({
  check: ({ carts }) => carts.length > 0,
  toString: () => `outlive(cart ${n})`,
  run: async (model) => void (await pastEnd(cartAt(model, n))),
});
