/** The routes of bulk orders: paging, and repeated submissions and retries. */
import { randomUUID } from 'node:crypto';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { deliver } from '../bulk/submitting.ts';
import { type KeyServer, startKeyServer } from '../identity/keyServer.ts';
import { type Answered, type InProcess, openInProcess, tokenOf } from '../support/inProcess.ts';

let keys: KeyServer;
let token: string;
let service: InProcess;
beforeAll(async () => {
  keys = await startKeyServer();
  token = await tokenOf(keys, { user: randomUUID() });
});
afterAll(() => keys?.stop());
beforeEach(() => {
  service = openInProcess(keys);
});

const itemOf = (n: number) => ({
  reference: `item ${n}`,
  customerId: randomUUID(),
  cartId: randomUUID(),
});
const itemsOf = (count: number) => Array.from({ length: count }, (_, n) => itemOf(n));
const BAD = { reference: 'bad' };

const get = (path: string) => service.ask('GET', `/v1${path}`, { token });
const submit = (body: object, headers: Record<string, string> = {}, as = token) =>
  service.ask('POST', '/v1/bulkorders', { token: as, headers, body });

/** The pages of a list, from link to link. */
async function pagesOf(path: string): Promise<Answered[]> {
  const pages: Answered[] = [];
  for (let uri: string | undefined = path; uri !== undefined; ) {
    const page = await get(uri);
    expect(page.status).toBe(200);
    pages.push(page);
    uri = (page.body.links as { next?: { uri: string } }).next?.uri;
  }
  return pages;
}

const rowsOf = ({ body }: Answered) => body.items as Record<string, unknown>[];

describe('The items of a bulk order', () => {
  it.each([
    ['state=lost', 'state'],
    ['after=last', 'after'],
    ['after=-1', 'after'],
    ['after=r-1', 'after'],
    ['size=0', 'size'],
    ['size=501', 'size'],
    ['size=1.5', 'size'],
    ['size=', 'size'],
    ['size=all', 'size'],
  ])('A request for items with %s is rejected with 400', async (query, path) => {
    const { id } = (await submit({ items: itemsOf(1) })).body;

    const { status, body } = await get(`/bulkorders/${id}/items?${query}`);

    expect({ status, code: body.code }).toEqual({ status: 400, code: '800002' });
    expect(body.data).toMatchObject([{ path }]);
  });

  it('A page has 100 items by default, and the links lead through all submitted items', async () => {
    const items = [...itemsOf(200), BAD, BAD];
    const { id } = (await submit({ items, acceptValid: true })).body;

    const pages = await pagesOf(`/bulkorders/${id}/items`);

    expect(pages.map((page) => rowsOf(page).length)).toEqual([100, 100, 2]);
    expect(pages.flatMap(rowsOf).map(({ index }) => index)).toEqual(items.map((_, n) => n));
  });

  it('Every page keeps the requested state and page size', async () => {
    const { id } = (await submit({ items: itemsOf(5) })).body;

    const pages = await pagesOf(`/bulkorders/${id}/items?state=waiting&size=2`);

    expect(pages.map((page) => rowsOf(page).length)).toEqual([2, 2, 1]);
    expect(await pagesOf(`/bulkorders/${id}/items?state=failed&size=2`)).toHaveLength(1);
  });

  it('The CSV of the items is one table with one header row, however many pages were read for it', async () => {
    const items = [...itemsOf(1_000), BAD, BAD];
    const { id } = (await submit({ items, acceptValid: true })).body;

    const rows = parse((await get(`/bulkorders/${id}/items.csv`)).text, { columns: true }) as {
      index: string;
    }[];

    expect(rows.map(({ index }) => Number(index))).toEqual(items.map((_, n) => n));
  });
});

describe('The list of bulk orders', () => {
  it('The list leads through all bulk orders of the partner tenant, the newest first', async () => {
    const ids: unknown[] = [];
    for (let n = 0; n < 45; n++) {
      service.world.nowMs++;
      ids.push((await submit({ items: itemsOf(1) })).body.id);
    }

    const pages = await pagesOf('/bulkorders');

    expect(pages.map((page) => rowsOf(page).length)).toEqual([20, 20, 5]);
    expect(pages.flatMap(rowsOf).map(({ id }) => id)).toEqual(ids.reverse());
  });

  it('A list rejects a cursor that no page returned', async () => {
    const { status, body } = await get("/bulkorders?after=x' or PartitionKey ne '");

    expect({ status, code: body.code }).toEqual({ status: 400, code: '800002' });
  });

  it('A bulk order in the list costs the same reads, however many items it has', async () => {
    await submit({ items: itemsOf(1_000) });
    service.world.effects.length = 0;

    await get('/bulkorders');

    expect(service.world.effects.map(({ name }) => name)).toEqual([
      'bulkList.page',
      'bulk.read',
      'bulk.lanes',
    ]);
  });
});

describe('Submissions', () => {
  const body = { items: itemsOf(2) };
  const named = { 'MS-RequestId': randomUUID() };

  it('A submission creates another bulk order unless its request id, its body and its partner tenant are those of an earlier one', async () => {
    const other = await tokenOf(keys, { tenant: randomUUID(), user: randomUUID() });

    const answers = [
      await submit(body, named),
      await submit(body, named),
      await submit(body),
      await submit(body, { 'MS-RequestId': randomUUID() }),
      await submit({ ...body, reference: 'May' }, named),
      await submit(body, named, other),
    ];

    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
    const ids = answers.map((answer) => answer.body.id);
    expect(ids[1]).toBe(ids[0]);
    expect(new Set(ids).size).toBe(5);
  });

  it('A submission without an accepted item stores nothing', async () => {
    const { status } = await submit({ items: [...itemsOf(2), BAD] });

    expect(status).toBe(400);
    expect(service.world.effects).toEqual([]);
    expect(rowsOf(await get('/bulkorders'))).toEqual([]);
  });
});

it('A retry that is repeated under its request id starts no further retry generation, and one under another id does', async () => {
  const { id } = (await submit({ items: itemsOf(2) })).body; // The carts do not exist, so the items fail.
  await deliver(service.world);
  const retry = async (headers: Record<string, string>) => {
    const { status, body } = await service.ask('POST', `/v1/bulkorders/${id}/retry`, { token, headers });
    return { status, state: body.state };
  };

  const first = { 'MS-RequestId': randomUUID() };
  const second = { 'MS-RequestId': randomUUID() };

  expect(await retry(first)).toEqual({ status: 202, state: 'running' });
  expect(await retry(first)).toEqual({ status: 202, state: 'running' });
  expect(await retry(second)).toEqual({ status: 409, state: undefined });
  await deliver(service.world);
  expect(await retry(first)).toEqual({ status: 202, state: 'completed' });
  expect(await retry(second)).toEqual({ status: 202, state: 'running' });
});

it.each(['cancel', 'retry'])('A %s of an unknown bulk order is rejected with 404', async (what) => {
  const { status, body } = await service.ask('POST', `/v1/bulkorders/${randomUUID()}/${what}`, { token });

  expect({ status, code: body.code }).toEqual({ status: 404, code: '810001' });
});
