/** The recorder of links: what it finds, what it follows, and what it calls broken. */
import { expect, it } from 'vitest';
import { type Followed, linkRecorder, type Received } from './linkRecorder.ts';

const ID = '5d8a4b0e-6c1f-4f7b-9a56-0c3f2f1d7e11';
const link = (uri: string, method = 'GET') => ({ uri, method, headers: [] });

type Respond = (method: string, path: string, body?: unknown) => number | { status: number; body: unknown };

/** A recorder, what it requested, and how it records a body that was received. */
function recording(respond: Respond = () => 200) {
  const recorder = linkRecorder();
  const requested: string[] = [];
  const follow = async (method: string, path: string, body?: unknown): Promise<Followed> => {
    requested.push(`${method} ${path}${body === undefined ? '' : ` ${JSON.stringify(body)}`}`);
    const given = respond(method, path, body);
    const { status, body: answered } = typeof given === 'number' ? { status: given, body: {} } : given;
    receive(answered, { method, path, status });
    const headers = new Headers(method === 'OPTIONS' && status === 200 ? { Allow: 'POST' } : {});
    return { status, headers, body: answered as Followed['body'] };
  };
  const receive = (body: unknown, about: Partial<Received> = {}) =>
    recorder.record({
      service: 'http://one',
      method: 'GET',
      path: '/v1/carts',
      status: 200,
      location: null,
      ...about,
      body,
      follow,
    });
  return { ...recorder, receive, requested };
}

it('A link is followed where SDKs request it, at any depth, and so is a Location header', async () => {
  const { receive, broken, requested } = recording();

  receive({
    items: [{ links: { self: link('/customers/a?x=1') } }],
    links: { next: link('/orders?after=b') },
  });
  receive({}, { location: '/v1/bulkorders/c' });

  expect(await broken()).toEqual([]);
  expect(requested).toEqual(['GET /v1/customers/a?x=1', 'GET /v1/orders?after=b', 'GET /v1/bulkorders/c']);
});

it.each([404, 405, 500, 503, 301])(
  'A link that answers %s is broken, and named with its origin',
  async (status) => {
    const { receive, broken } = recording(() => ({ status, body: { code: '1000', description: 'No.' } }));

    receive({ links: { self: link('/carts/x') } });

    expect(await broken()).toEqual([`GET /v1/carts → links.self: GET /carts/x is ${status} 1000 No.`]);
  },
);

it.each([200, 401, 403, 429])('A link that answers %s is there', async (status) => {
  const { receive, broken } = recording(() => status);

  receive({ links: { self: link('/carts/x') } });

  expect(await broken()).toEqual([]);
});

it.each(['https://other.example/v1/carts', '//other.example/carts', 'carts/x', ''])(
  'A link that is no path is broken (%j)',
  async (uri) => {
    const { receive, broken, requested } = recording();

    receive({ links: { self: link(uri) } });

    expect([(await broken()).length, requested]).toEqual([1, []]);
  },
);

it('A link of a response that was followed is followed as well', async () => {
  const { receive, broken } = recording((_, path) =>
    path === '/v1/a' ? { status: 200, body: { links: { next: link('/b') } } } : 404,
  );

  receive({ links: { self: link('/a') } });

  expect(await broken()).toEqual(['GET /v1/a → links.next: GET /b is 404']);
});

it('A PATCH is sent without a change, and a POST is looked up without being carried out', async () => {
  const { receive, broken, requested } = recording();

  receive({ links: { patchOperation: link('/orders/a', 'PATCH'), cancel: link('/bulk/b/cancel', 'POST') } });

  expect(await broken()).toEqual([]);
  expect(requested).toEqual(['PATCH /v1/orders/a {}', 'OPTIONS /v1/bulk/b/cancel']);
});

it('A POST that the path does not have is broken', async () => {
  const { receive, broken } = recording(() => 404);

  receive({ links: { cancel: link('/bulk/b/cancel', 'POST') } });

  expect(await broken()).toHaveLength(1);
});

it('A pattern is followed once, whatever the ids in it, and every product is a pattern', async () => {
  const { receive, broken, requested } = recording();

  for (const id of [ID, ID.replace('5', '6')]) {
    receive({ links: { self: link(`/customers/${id}`), order: link('/orders/f76c6b7f449d') } });
  }
  receive({ links: { self: link('/products/DZH318Z0BPS6') } });
  receive({ links: { self: link('/products/DZH318Z0BZ17') } });
  receive({ links: { self: link('/products/DZH318Z0BZ17') } }, { service: 'http://two' });

  expect(await broken()).toEqual([]);
  expect(requested).toHaveLength(5);
});

it('Of a list with ids of an unknown form, twenty links are followed', async () => {
  const { receive, broken, requested } = recording();

  receive({
    items: Array.from({ length: 1_000 }, (_, n) => ({ links: { self: link(`/orders/order-${n}`) } })),
  });

  expect(await broken()).toEqual([]);
  expect(requested).toHaveLength(20);
});

it('A link that a test excuses may be broken until the end of that test', async () => {
  const { receive, broken, excuse } = recording(() => 404);

  receive({ links: { self: link('/carts/a') } });
  excuse(/carts/, 'The cart has expired.');
  const first = await broken();
  receive({ links: { other: link('/carts/b') } });

  expect([first.length, (await broken()).length]).toEqual([0, 1]);
});
