/** A replace whose response from storage is lost, after which the storage client repeats the write. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type KeyServer, startKeyServer } from '../identity/keyServer.ts';
import { openInProcess, tokenOf } from '../support/inProcess.ts';
import { MODERN } from '../support/samples.ts';

let keys: KeyServer;
beforeAll(async () => {
  keys = await startKeyServer();
});
afterAll(() => keys?.stop());

it.each([
  ['with a request id', { 'MS-RequestId': randomUUID() }],
  ['without a request id', {}],
])(
  'A replace whose storage write is repeated by the client library succeeds, also with If-Match: %s',
  async (_, headers) => {
    const { ask, world } = openInProcess(keys);
    const token = await tokenOf(keys);
    const carts = `/v1/customers/${randomUUID()}/carts`;
    const body = (quantity: number) => ({
      lineItems: [{ catalogItemId: MODERN, quantity, billingCycle: 'monthly' }],
    });
    const created = await ask('POST', carts, { token, body: body(1) });
    let writes = 0;
    world.around = async (effect, run) => {
      if (effect.name !== 'carts.replace') return run();
      writes++;
      await run();
      return run(); // The repeat of the storage client finds a changed version.
    };

    const replaced = await ask('PUT', `${carts}/${created.body.id}`, {
      token,
      headers: { ...headers, 'If-Match': String(created.headers.ETag) },
      body: body(9),
    });

    expect({ status: replaced.status, writes }).toEqual({ status: 201, writes: 1 });
    expect(replaced.body).toMatchObject({ lineItems: [{ quantity: 9 }] });
  },
);
