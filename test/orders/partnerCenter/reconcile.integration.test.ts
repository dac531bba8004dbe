/** The look-up of an order whose making got no clear answer: when it is found, when it was not made, and when nobody can say (a scripted server over HTTP). */
import { describe, expect, it } from 'vitest';
import { KEY, MINUTE, NOW, SECOND } from '../../support/samples.ts';
import { LIST_DELAY_MS, LONG_AGO } from './deskFixture.ts';
import { made, PATH, REQUEST_ID, type Reply, scriptedServer } from './scripted.ts';

const server = scriptedServer();
const { place } = server;

describe('an order that may have been made', () => {
  it('is looked for by its reference, and not posted when it is there', async () => {
    const items = [{ ...made, id: 'other', externalReference: 'other' }, made];

    const outcome = await place([{ status: 200, body: { items } }], { ambiguousSinceMs: LONG_AGO });

    expect(outcome).toMatchObject({ kind: 'placed', order: { orderId: made.id } });
    expect(server.seen().map(({ call }) => call)).toEqual([`GET ${PATH}`]);
  });

  it('is posted under the same request id when it is not there and would be by now', async () => {
    await place(
      [
        { status: 200, body: { items: [] } },
        { status: 201, body: made },
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
    'is not posted %i ms after the call, when it may not be listed yet, but looked for again',
    async (ageMs, waitMs) => {
      const outcome = await place([{ status: 200, body: { items: [] } }], { ambiguousSinceMs: NOW - ageMs });

      expect(outcome).toMatchObject({ kind: 'deferred', by: 'ambiguous', waitMs, ambiguous: false });
      expect(server.seen().map(({ call }) => call)).toEqual([`GET ${PATH}`]);
    },
  );

  it('is found among orders that cannot be read', async () => {
    const items = [null, 'order', { id: 'other', status: null }, { externalReference: null }, made];

    expect(await place([{ status: 200, body: { items } }], { ambiguousSinceMs: LONG_AGO })).toMatchObject({
      kind: 'placed',
    });
  });

  it('may have been made when it is there and cannot be read', async () => {
    const items = [{ ...made, id: null }];

    expect(await place([{ status: 200, body: { items } }], { ambiguousSinceMs: LONG_AGO })).toMatchObject({
      kind: 'retry',
    });
    expect(server.seen()).toHaveLength(1);
  });

  it('is found in a long list', async () => {
    const items = [...Array.from({ length: 10_000 }, () => ({ id: 'x'.repeat(1_000) })), made];

    expect(await place([{ status: 200, body: { items } }], { ambiguousSinceMs: LONG_AGO })).toMatchObject({
      kind: 'placed',
    });
  });

  it('is found by its reference in any case', async () => {
    const items = [{ ...made, externalReference: REQUEST_ID.toUpperCase() }];

    expect(await place([{ status: 200, body: { items } }], { ambiguousSinceMs: LONG_AGO })).toMatchObject({
      kind: 'placed',
    });
  });

  it('is looked for under an id of each question’s own: a repeat could get an old answer', async () => {
    const empty = { status: 200, body: { items: [] } };
    for (let n = 0; n < 2; n++) await place([empty], { ambiguousSinceMs: NOW });

    const ids = server.seen().map(({ headers }) => headers['ms-requestid']);
    expect(ids).toEqual([expect.stringMatching(/^[0-9a-f-]{36}$/), expect.stringMatching(/^[0-9a-f-]{36}$/)]);
    expect(new Set([...ids, REQUEST_ID]).size).toBe(3);
  });

  it('is looked for on every page of the list', async () => {
    const next = {
      uri: `/customers/${KEY.customer}/orders?seekOperation=Next`,
      method: 'GET',
      headers: [{ key: 'MS-ContinuationToken', value: 'page 2' }],
    };
    const pages: Reply[] = [
      { status: 200, body: { items: [], links: { next } } },
      { status: 200, body: { items: [made], links: { next: null } } },
    ];

    expect(await place(pages, { ambiguousSinceMs: LONG_AGO })).toMatchObject({ kind: 'placed' });
    expect(server.seen().map(({ call }) => call)).toEqual([`GET ${PATH}`, `GET ${PATH}?seekOperation=Next`]);
    expect(server.seen()[1]?.headers).toMatchObject({
      'ms-continuationtoken': 'page 2',
      authorization: 'Bearer T',
    });
  });

  it('may have been made when the list has no end', async () => {
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

  it('may have been made when the next page is elsewhere', async () => {
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
