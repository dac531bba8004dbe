/** What a look at a bulk order costs: the same reads for ten items and for thousands. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type KeyServer, startKeyServer } from '../identity/keyServer.ts';
import { openInProcess, tokenOf } from '../support/inProcess.ts';

let keys: KeyServer;
beforeAll(async () => {
  keys = await startKeyServer();
});
afterAll(() => keys?.stop());

/** Submits so many items, looks once, and gives what was read for it. */
async function readsOfALook(count: number, rest = ''): Promise<string[]> {
  const service = openInProcess(keys);
  const token = await tokenOf(keys, { user: randomUUID() });
  const items = Array.from({ length: count }, (_, n) => ({
    reference: `item ${n}`,
    customerId: randomUUID(),
    cartId: randomUUID(),
  }));
  const { body } = await service.ask('POST', '/v1/bulkorders', { token, body: { items } });
  service.world.effects.length = 0;

  const look = await service.ask('GET', `/v1/bulkorders/${body.id}${rest}`, { token });

  expect(look.status).toBe(200);
  return service.world.effects.map(({ name }) => name);
}

it('the counters of ten thousand items are two reads, as those of ten', async () => {
  expect(await readsOfALook(10)).toEqual(['bulk.read', 'bulk.lanes']);
  expect(await readsOfALook(10_000)).toEqual(['bulk.read', 'bulk.lanes']);
});

it('a page of items reads what stands on it', async () => {
  const page = '/items?size=100';

  expect(await readsOfALook(10_000, page)).toEqual(await readsOfALook(200, page));
});
