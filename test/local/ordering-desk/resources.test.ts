/** What the ordering desk answers beside orders: what a storefront is passed through to. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Desk, startDesk } from '../../../local/ordering-desk/desk.ts';
import { callerOf, customer } from './caller.ts';

let folder: string;
let desk: Desk;
const { send, get, outcomes } = callerOf(() => desk.url);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'desk-'));
  desk = await startDesk({ ledgerFile: join(folder, 'ledger.jsonl') });
});
afterAll(async () => {
  await desk.close();
  await rm(folder, { recursive: true });
});

interface Resource {
  id: string;
  links: Record<string, { uri: string }>;
}
interface Collection<Item = Resource> {
  totalCount: number;
  items: Item[];
}

test('Products lead to SKUs, availabilities and a catalog item id', async () => {
  const { items } = await get<Collection>('/v1/products?country=US&targetView=azure');
  const skus = await get<Collection>(`/v1${items[0]?.links.skus?.uri}`);
  const availabilities = await get<Collection<{ catalogItemId: string }>>(
    `/v1${skus.items[0]?.links.availabilities?.uri}`,
  );

  expect(items[0]).toMatchObject({ id: 'DG7GMGF0DWTL', productType: { displayName: 'Azure' } });
  expect(availabilities.items[0]?.catalogItemId).toMatch(/^DG7GMGF0DWTL:0001:[A-Z0-9]{12}$/);
});

test('Every link of an order resolves', async () => {
  const made = (await (await send()).json()) as Resource & { lineItems: Resource[] };
  const links = [made, ...made.lineItems].flatMap((one) => Object.values(one.links));

  expect(links.length).toBe(7);
  for (const { uri } of links) expect((await fetch(`${desk.url}/v1${uri}`)).status).toBe(200);
});

test('An order can be cancelled, and its subscriptions are deleted', async () => {
  const made = (await (await send()).json()) as Resource;
  const path = `/v1/customers/${customer}/orders/${made.id}`;

  const patched = await fetch(`${desk.url}${path}`, { method: 'PATCH', body: '{"Status":"cancelled"}' });

  expect([patched.status, ((await patched.json()) as { status: string }).status]).toEqual([200, 'cancelled']);
  expect(await get(path)).toMatchObject({ status: 'cancelled' });
  expect(await get(`/v1/customers/${customer}/subscriptions?order_id=${made.id}`)).toMatchObject({
    items: [{ status: 'deleted', orderId: made.id }],
  });
});

test('An inventory check returns a list with an entry for each item', async () => {
  const response = await fetch(`${desk.url}/v1/extensions/product/checkInventory?country=us`, {
    method: 'POST',
    body: '{"TargetItems":[{"ProductId":"DG7GMGF0DWTL","SkuId":"0001"}]}',
  });

  expect(await response.json()).toEqual([
    { productId: 'DG7GMGF0DWTL', skuId: '0001', isRestricted: false, restrictions: [] },
  ]);
});

test('A customer can be read, and carts do not exist', async () => {
  expect(await get(`/v1/customers/${customer}`)).toMatchObject({ id: customer });
  expect(await get(`/v1/customers/${customer}/carts`)).toMatchObject({ code: '1000' });
  expect((await outcomes()).slice(-2)).toEqual(['200', '404']);
});
