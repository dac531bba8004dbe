/** Reconciling an ambiguous order over HTTP with a scripted server: it is found, does not exist, or stays ambiguous. */
import { describe, expect, it } from 'vitest';
import { KEY, MINUTE, NOW, SECOND } from '../../support/samples.ts';
import { LIST_DELAY_MS, LONG_AGO } from './deskFixture.ts';
import { PATH, REQUEST_ID, type Reply, scriptedServer, UPSTREAM_ORDER } from './scripted.ts';

const server = scriptedServer();
const { place } = server;

describe('the look-up of an ambiguous order', () => {
  it('An ambiguous order is looked up by its reference and not posted when it is listed', async () => {
    const items = [{ ...UPSTREAM_ORDER, id: 'other', externalReference: 'other' }, UPSTREAM_ORDER];

    const outcome = await place([{ status: 200, body: { items } }], { ambiguousSinceMs: LONG_AGO });

    expect(outcome).toMatchObject({ kind: 'placed', order: { orderId: UPSTREAM_ORDER.id } });
    expect(server.seen().map(({ call }) => call)).toEqual([`GET ${PATH}`]);
  });

  it('An ambiguous order that is not listed after the list delay is posted under the same request id', async () => {
    await place(
      [
        { status: 200, body: { items: [] } },
        { status: 201, body: UPSTREAM_ORDER },
      ],
      { ambiguousSinceMs: LONG_AGO },
    );

    expect(server.seen().map(({ call }) => call)).toEqual([`GET ${PATH}`, `POST ${PATH}`]);
    expect(server.seen()[1]?.headers['ms-requestid']).toBe(REQUEST_ID);
  });

  it.each([
    [0, 5 * SECOND],
    [2 * SECOND, 5 * SECOND],
    [MINUTE, MINUTE],
    [LIST_DELAY_MS - MINUTE, MINUTE],
    [LIST_DELAY_MS - 1, 1],
    [-MINUTE, 5 * SECOND],
  ])(
    'An ambiguous order of %i ms ago that is not listed is not posted and is looked up again in %i ms',
    async (ageMs, waitMs) => {
      const outcome = await place([{ status: 200, body: { items: [] } }], { ambiguousSinceMs: NOW - ageMs });

      expect(outcome).toMatchObject({ kind: 'deferred', by: 'ambiguous', waitMs, ambiguous: false });
      expect(server.seen().map(({ call }) => call)).toEqual([`GET ${PATH}`]);
    },
  );

  it('An ambiguous order is found among orders that are unreadable', async () => {
    const items = [null, 'order', { id: 'other', status: null }, { externalReference: null }, UPSTREAM_ORDER];

    expect(await place([{ status: 200, body: { items } }], { ambiguousSinceMs: LONG_AGO })).toMatchObject({
      kind: 'placed',
    });
  });

  it('An order stays ambiguous when it is listed and unreadable', async () => {
    const items = [{ ...UPSTREAM_ORDER, id: null }];

    expect(await place([{ status: 200, body: { items } }], { ambiguousSinceMs: LONG_AGO })).toMatchObject({
      kind: 'retry',
    });
    expect(server.seen()).toHaveLength(1);
  });

  it('An ambiguous order is found in a long list', async () => {
    const items = [...Array.from({ length: 10_000 }, () => ({ id: 'x'.repeat(500) })), UPSTREAM_ORDER];
    const circumstances = { ambiguousSinceMs: LONG_AGO, timeoutMs: 20_000 };

    expect(await place([{ status: 200, body: { items } }], circumstances)).toMatchObject({ kind: 'placed' });
  });

  it('An ambiguous order is found by its reference in any case', async () => {
    const items = [{ ...UPSTREAM_ORDER, externalReference: REQUEST_ID.toUpperCase() }];

    expect(await place([{ status: 200, body: { items } }], { ambiguousSinceMs: LONG_AGO })).toMatchObject({
      kind: 'placed',
    });
  });

  it('Every look-up has a separate request id, because a repeated one could return an outdated response', async () => {
    const empty = { status: 200, body: { items: [] } };
    for (let n = 0; n < 2; n++) await place([empty], { ambiguousSinceMs: NOW });

    const ids = server.seen().map(({ headers }) => headers['ms-requestid']);
    expect(ids).toEqual([expect.stringMatching(/^[0-9a-f-]{36}$/), expect.stringMatching(/^[0-9a-f-]{36}$/)]);
    expect(new Set([...ids, REQUEST_ID]).size).toBe(3);
  });

  it('An ambiguous order is looked up on every page of the list', async () => {
    const next = {
      uri: `/customers/${KEY.customer}/orders?seekOperation=Next`,
      method: 'GET',
      headers: [{ key: 'MS-ContinuationToken', value: 'page 2' }],
    };
    const pages: Reply[] = [
      { status: 200, body: { items: [], links: { next } } },
      { status: 200, body: { items: [UPSTREAM_ORDER], links: { next: null } } },
    ];

    expect(await place(pages, { ambiguousSinceMs: LONG_AGO })).toMatchObject({ kind: 'placed' });
    expect(server.seen().map(({ call }) => call)).toEqual([`GET ${PATH}`, `GET ${PATH}?seekOperation=Next`]);
    expect(server.seen()[1]?.headers).toMatchObject({
      'ms-continuationtoken': 'page 2',
      authorization: 'Bearer T',
    });
  });

  it('An order stays ambiguous when the list has no last page', async () => {
    const links = { next: { uri: `/v1/customers/${KEY.customer}/orders` } };
    const pages = Array.from({ length: 1_000 }, () => ({ status: 200, body: { items: [], links } }));

    expect(await place(pages, { ambiguousSinceMs: LONG_AGO })).toMatchObject({
      kind: 'retry',
      ambiguous: false,
    });
    expect(new Set(server.seen().map(({ call }) => call))).toEqual(new Set([`GET ${PATH}`]));
    expect(server.seen().length).toBeLessThan(1_000);
  });

  it('An order stays ambiguous when the next page is unavailable', async () => {
    const links = { next: { uri: '/customers' } };
    const pages: Reply[] = [{ status: 200, body: { items: [], links } }, { status: 500 }];

    expect(await place(pages, { ambiguousSinceMs: LONG_AGO })).toMatchObject({
      kind: 'retry',
      ambiguous: false,
    });
    expect(server.seen()).toHaveLength(2);
  });

  it('An order stays ambiguous when the next page is on another host', async () => {
    const links = { next: { uri: 'https://elsewhere.example/orders' } };

    expect(
      await place([{ status: 200, body: { items: [], links } }], { ambiguousSinceMs: LONG_AGO }),
    ).toMatchObject({
      kind: 'retry',
    });
    expect(server.seen()).toHaveLength(1);
  });

  it.each<Reply>([
    { status: 503 },
    { status: 429 },
    { status: 404 },
    { status: 200, body: '<html>' },
    'hang up',
  ])('An order stays ambiguous and is not posted when the look-up fails: %j', async (reply) => {
    expect(await place([reply], { ambiguousSinceMs: LONG_AGO })).toMatchObject({
      kind: 'retry',
      ambiguous: false,
    });
    expect(server.seen()).toHaveLength(1);
  });
});
