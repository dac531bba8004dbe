/** The requests of the bulk commands, against a server with scripted replies. */
import { describe, expect, it } from 'vitest';
import { bulkService } from '../../../cli/bulk/client.ts';
import { RejectedByService } from '../../../cli/service/errors.ts';
import { fixedToken } from '../../../cli/service/tokens.ts';
import { type Reply, reply, serve } from '../service/server.ts';

const ID = 'b4c8fdea-cbe4-4d17-9576-13fcacbf9605';
const ORDER = { id: ID, state: 'running', counts: {} };

async function setUp(...replies: Reply[]) {
  const { url, received } = await serve(replies);
  const service = bulkService({ url, tokens: fixedToken('t') }, { onTrouble: () => undefined });
  return { service, requests: () => received.map(({ request }) => request), received };
}

const page = (numbers: number[], next?: string) =>
  reply(200, {
    items: numbers.map((index) => ({ index })),
    links: next ? { next: { uri: next, method: 'GET', headers: [] } } : {},
  });

describe('The bulk order client', () => {
  it('The bulk order client submits a body under its request id', async () => {
    const { service, received } = await setUp(reply(202, ORDER));

    expect(await service.submit('{"items":[]}', 'the-id')).toEqual(ORDER);
    expect(received).toEqual([
      { request: 'POST /v1/bulkorders', id: 'the-id', body: '{"items":[]}', authorization: 'Bearer t' },
    ]);
  });

  it('The bulk order client reads the items of all pages', async () => {
    const next = `/bulkorders/${ID}/items?size=500&after=1`;
    const { service, requests } = await setUp(page([0, 1], next), page([2]));

    expect(await service.items(ID)).toEqual([{ index: 0 }, { index: 1 }, { index: 2 }]);
    expect(requests()).toEqual([`GET /v1/bulkorders/${ID}/items?size=500`, `GET /v1${next}`]);
  });

  it('The bulk order client reads only the requested number of items, in the requested state', async () => {
    const { service, requests } = await setUp(page([4, 7], '/next'));

    expect(await service.items(ID, { state: 'failed', most: 2 })).toEqual([{ index: 4 }, { index: 7 }]);
    expect(requests()).toEqual([`GET /v1/bulkorders/${ID}/items?size=2&state=failed`]);
  });

  it('A retry that conflicts with a running bulk order returns that bulk order, which this retry may have started', async () => {
    const conflict = reply(409, { code: '810002', description: 'Running.' });
    const { service, requests } = await setUp(conflict, reply(200, ORDER));

    expect(await service.retry(ID, ['failed'])).toEqual(ORDER);
    expect(requests()).toEqual([`POST /v1/bulkorders/${ID}/retry`, `GET /v1/bulkorders/${ID}`]);
  });

  it.each([
    ['without items', reply(200, { counts: {} })],
    ['with null in place of the items', reply(200, { items: null })],
    ['that is cut off', reply(200, '{"items":[')],
  ])('The bulk order client rejects a page %s', async (_, answer) => {
    const { service } = await setUp(answer);

    await expect(service.items(ID)).rejects.toThrow(RejectedByService);
  });
});
