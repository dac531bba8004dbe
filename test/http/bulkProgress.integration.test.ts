/** The reads of a bulk order cost the same for ten items as for thousands. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type KeyServer, startKeyServer } from '../identity/keyServer.ts';
import { openInProcess, tokenOf } from '../support/inProcess.ts';

let keys: KeyServer;
beforeAll(async () => {
  keys = await startKeyServer();
});
afterAll(() => keys?.stop());

/** Submits this many items; returns a function that gets a part of the bulk order and returns the names of the reads. */
async function submitted(count: number): Promise<(rest: string) => Promise<string[]>> {
  const service = openInProcess(keys);
  const token = await tokenOf(keys, { user: randomUUID() });
  const items = Array.from({ length: count }, (_, n) => ({
    reference: `item ${n}`,
    customerId: randomUUID(),
    cartId: randomUUID(),
  }));
  const { body } = await service.ask('POST', '/v1/bulkorders', { token, body: { items } });
  return async (rest) => {
    service.world.effects.length = 0;
    const response = await service.ask('GET', `/v1/bulkorders/${body.id}${rest}`, { token });

    expect(response.status).toBe(200);
    return service.world.effects.map(({ name }) => name);
  };
}

let ofThousands: Awaited<ReturnType<typeof submitted>>;
beforeAll(async () => {
  ofThousands = await submitted(10_000);
});

it('Getting a bulk order costs two reads, whether it has ten items or ten thousand', async () => {
  const ofTen = await submitted(10);

  expect(await ofTen('')).toEqual(['bulk.read', 'bulk.lanes']);
  expect(await ofThousands('')).toEqual(['bulk.read', 'bulk.lanes']);
});

it('The cost of a page of items depends on the size of the page, not on the number of items', async () => {
  const page = '/items?size=100';
  const ofHundreds = await submitted(200);

  expect(await ofThousands(page)).toEqual(await ofHundreds(page));
});
