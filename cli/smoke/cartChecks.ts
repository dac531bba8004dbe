/** Checks with a cart: they leave a cart behind, which expires, and place an order only with permission. */
import { randomUUID } from 'node:crypto';
import { type Check, failed, noted, type Outcome, passed, type Session, shown } from './check.ts';
import type { Response } from './client.ts';

const cartOf = ({ catalogItem }: Session, quantity = 1) => ({
  lineItems: [{ id: 0, catalogItemId: catalogItem, quantity, billingCycle: 'monthly', termDuration: 'P1Y' }],
});

/** Which component a failed write or read of a cart points to. */
const storageOr = ({ status }: Response) => (status === 503 ? ('storage' as const) : ('app' as const));

export const cartChecks: Check[] = [
  {
    name: 'A cart is created, and a repeated request creates no second one',
    needs: 'token',
    isGate: true,
    async run(session) {
      const { call, customer, token } = session;
      const create = () =>
        call('POST', `/v1/customers/${customer}/carts`, { token, body: cartOf(session), headers });
      const headers = { 'MS-RequestId': randomUUID() };
      const [first, second] = [await create(), await create()];
      if (first.status !== 201) return failed(`POST …/carts: ${shown(first)}`, storageOr(first));
      if (second.body?.id !== first.body?.id)
        return failed('the repeated request created another cart', 'app');
      session.cartPath = `/v1/customers/${customer}/carts/${first.body?.id}`;
      return passed(`cart ${first.body?.id}`);
    },
  },
  {
    name: 'A body in chunks is read',
    needs: 'token',
    async run(session) {
      const { call, customer, token } = session;
      const path = `/v1/customers/${customer}/carts`;
      const response = await call('POST', path, { token, body: cartOf(session), isChunked: true });
      return response.status === 201
        ? passed('201')
        : noted(`${shown(response)}: callers must send Content-Length`);
    },
  },
  {
    name: 'The cart is read and replaced',
    needs: 'token',
    async run(session) {
      const { call, token, cartPath = '' } = session;
      const read = await call('GET', cartPath, { token });
      if (read.status !== 200) return failed(`GET …/carts/{id}: ${shown(read)}`, storageOr(read));
      const headers = { 'If-Match': read.headers.get('ETag') ?? '' };
      const replaced = await call('PUT', cartPath, { token, body: cartOf(session, 2), headers });
      if (replaced.status >= 300) return failed(`PUT …/carts/{id}: ${shown(replaced)}`, storageOr(replaced));
      const again = await call('PUT', cartPath, { token, body: cartOf(session, 3), headers });
      return again.status === 412
        ? passed('with its ETag; with an old ETag 412')
        : failed(`PUT …/carts/{id} with an old ETag: ${shown(again)}`, 'app');
    },
  },
  {
    name: 'The cart is ordered',
    needs: 'order',
    isGate: true,
    async run(session) {
      const { call, token, cartPath = '' } = session;
      const headers = { Prefer: 'respond-async', 'MS-RequestId': randomUUID() };
      const accepted = await call('POST', `${cartPath}/checkout`, { token, headers });
      if (accepted.status !== 202 && accepted.status !== 201) {
        return failed(`POST …/checkout: ${shown(accepted)}`, 'app');
      }
      return follow(session);
    },
  },
  {
    name: 'A repeated checkout returns the same orders',
    needs: 'order',
    async run({ call, token, cartPath = '' }) {
      const path = `${cartPath}/checkout`;
      const headers = { 'MS-RequestId': randomUUID() };
      const [progress, repeated] = [
        await call('GET', path, { token }),
        await call('POST', path, { token, headers }),
      ];
      const [placed, again] = [orderIds(progress), orderIds(repeated)];
      return repeated.status === 201 && placed.length > 0 && placed.join() === again.join()
        ? passed(`order ${placed.join(', ')}`)
        : failed(`POST …/checkout: ${shown(repeated)}, orders ${again.join(', ') || 'none'}`, 'app');
    },
  },
];

const orderIds = ({ body }: Response): string[] =>
  (Array.isArray(body?.orders) ? body.orders : []).map((order) => String(Object(order).id));

const BETWEEN_MS = 500;

/** Follows the checkout to its end. What it shows on the way says which component it waits for. */
async function follow({ call, token, cartPath = '', waitMs, sleep }: Session): Promise<Outcome> {
  const endMs = Date.now() + waitMs;
  for (;;) {
    const progress = await call('GET', `${cartPath}/checkout`, { token });
    if (progress.status !== 200) return failed(`GET …/checkout: ${shown(progress)}`, storageOr(progress));
    const { status, lastError, attempts } = progress.body ?? {};
    if (status === 'ordered') return passed(`order ${orderIds(progress).join(', ')}`);
    if (status !== 'running')
      return failed(`the checkout ended as ${status}: ${errorOf(progress)}`, 'gateway');
    if (lastError !== undefined) {
      return failed(`attempt ${attempts} failed: ${errorOf(progress)}`, 'gateway');
    }
    if (Date.now() >= endMs) {
      return failed(`nothing has worked on the checkout within ${waitMs / 1_000} seconds`, 'worker');
    }
    await sleep(BETWEEN_MS);
  }
}

function errorOf({ body }: Response): string {
  const [first] = Array.isArray(body?.orderErrors) ? body.orderErrors : [];
  const { code, description } = Object(body?.lastError ?? first);
  return [code !== undefined && `code ${code}`, description].filter(Boolean).join(': ') || 'no reason given';
}
