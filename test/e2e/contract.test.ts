/** The rules of docs/contract.md at the edge of the running service: paths, repeats, versions, bad input, who may call. */
import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { createCart, RESERVATION, SEATS } from './orders.ts';
import { type Body, type Service, sharedService } from './running.ts';

let service: Service;
let call: Service['call'];
beforeAll(async () => {
  service = await sharedService('default');
  call = service.call;
});

describe('Forms of a path', () => {
  it.each([
    ['in canonical form', (path: string) => path],
    ['with a trailing slash', (path: string) => `${path}/`],
    ['with a doubled slash in front', (path: string) => `/${path}`],
    ['with a doubled slash inside', (path: string) => path.replace('/v1/', '/v1//')],
    ['with a doubled version', (path: string) => `/v1/${path}`],
    ['without a version', (path: string) => path.replace('/v1', '')],
    ['in capitals', (path: string) => path.toUpperCase()],
    ['with braces', (path: string) => path.replace(/([0-9a-f-]{36})/g, '%7B$1%7D')],
  ])('A path %s reaches the cart', async (_, form) => {
    const { path, cartId } = await createCart(call);

    const { status, body } = await call('GET', form(path));

    expect([status, body.id]).toEqual([200, cartId]);
  });

  it('An unknown path, and an unknown method of a path, is 404 in the error format of the service', async () => {
    const { path } = await createCart(call);

    const unknown = await call('GET', '/v1/nothing/here');
    const wrong = await call('DELETE', path);

    expect(unknown).toMatchObject({ status: 404, body: { code: '1000', data: [] } });
    expect(wrong).toMatchObject({ status: 404, body: { code: '1000' } });
    expect(wrong.headers.get('Allow')).toBe('GET, HEAD, PUT');
  });
});

describe('Encodings', () => {
  it('A body may begin with a byte order mark', async () => {
    const body = `\uFEFF${JSON.stringify({ lineItems: [SEATS] })}`;

    expect((await call('POST', `/v1/customers/${randomUUID()}/carts`, { body })).status).toBe(201);
  });

  it('A cart is compressed with gzip for clients that accept it, such as the Java SDK, and plain for the .NET SDKs', async () => {
    const { path } = await createCart(call, Array(20).fill(SEATS));
    const encodingFor = async (asked: string) =>
      (await call('GET', path, { headers: { 'Accept-Encoding': asked } })).headers.get('Content-Encoding');

    expect([await encodingFor('gzip'), await encodingFor('identity')]).toEqual(['gzip', null]);
  });

  it('A chunked body, which the host does not pass on, is reported as missing', async () => {
    const response = await fetch(`${service.url}/v1/customers/${randomUUID()}/carts`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${await service.token()}` },
      body: new Blob([JSON.stringify({ lineItems: [SEATS] })]).stream(),
      duplex: 'half',
    } as RequestInit);

    expect([response.status, ((await response.json()) as Body).description]).toEqual([
      400,
      expect.stringContaining('Content-Length'),
    ]);
  });

  it('HEAD returns the headers of GET', async () => {
    const { path, created } = await createCart(call);
    const head = await call('HEAD', `${path}`);
    const health = await call('HEAD', '/health', { token: '' });

    expect([head.status, head.headers.get('ETag')]).toEqual([200, created.headers.get('ETag')]);
    expect([health.status, health.headers.get('Content-Type')]).toEqual([
      200,
      'application/json; charset=utf-8',
    ]);
  });
});

describe('Repeated requests', () => {
  it('Requests with one request id and body create one cart, concurrent or later', async () => {
    const customer = randomUUID();
    const options = { body: { lineItems: [RESERVATION] }, headers: { 'MS-RequestId': randomUUID() } };
    const create = () => call('POST', `/v1/customers/${customer}/carts`, options);

    const answers = [...(await Promise.all([create(), create(), create()])), await create()];

    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
    expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1);
  });

  it('A request with another body, or without a request id, creates another cart', async () => {
    const customer = randomUUID();
    const headers = { 'MS-RequestId': randomUUID() };
    const create = (quantity: number, more = {}) =>
      call('POST', `/v1/customers/${customer}/carts`, {
        body: { lineItems: [{ ...RESERVATION, quantity }] },
        ...more,
      });

    const answers = await Promise.all([create(1, { headers }), create(2, { headers }), create(1), create(1)]);

    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(4);
  });

  it('A repeated replace is written once, and the ETag does not change', async () => {
    const { path } = await createCart(call);
    const options = { body: { lineItems: [SEATS] }, headers: { 'MS-RequestId': randomUUID() } };

    const first = await call('PUT', path, options);
    const second = await call('PUT', path, options);

    expect(second).toMatchObject({ status: 201, body: first.body });
  });
});

describe('Versions', () => {
  it('A replace with If-Match succeeds only for the version that was read', async () => {
    const { path, created } = await createCart(call);
    const stale = String(created.headers.get('ETag'));
    const put = (etag: string) =>
      call('PUT', path, { body: { lineItems: [SEATS] }, headers: { 'If-Match': etag } });

    const first = await put(stale);
    const second = await put(stale);

    expect(first.status).toBe(201);
    expect(second).toMatchObject({ status: 412, body: { code: '2055' } });
    expect((first.body.attributes as { etag?: string }).etag).toBe(first.headers.get('ETag'));
  });

  it('A checkout with If-Match succeeds, also when it is repeated after it has changed the cart', async () => {
    const { path, created } = await createCart(call);
    const checkOut = (etag: string) => call('POST', `${path}/checkout`, { headers: { 'If-Match': etag } });
    const etag = String(created.headers.get('ETag'));

    expect((await checkOut('"other"')).status).toBe(412);
    expect((await checkOut(etag)).status).toBe(201);
    expect((await checkOut(etag)).status).toBe(201);
  });

  it('Of several concurrent writers with an ETag one succeeds, and the others receive an error', async () => {
    const { path, created } = await createCart(call);
    const headers = { 'If-Match': String(created.headers.get('ETag')) };

    const answers = await Promise.all(
      [3, 4, 5, 6].map((quantity) =>
        call('PUT', path, { body: { lineItems: [{ ...SEATS, quantity }] }, headers }),
      ),
    );

    const won = answers.filter(({ status }) => status === 201);
    const rejected = answers.filter(({ status, body }) => status === 412 && body.code === '2055');
    expect({ won: won.length, rejected: rejected.length }).toEqual({ won: 1, rejected: 3 });
    expect((await call('GET', path)).body).toEqual(won[0]?.body);
  });

  it('Without an ETag all concurrent writers succeed, and the cart is that of the last', async () => {
    const { path } = await createCart(call);
    const cart = (n: number) => ({ lineItems: [SEATS, { ...RESERVATION, quantity: n }, SEATS].slice(0, n) });

    const answers = await Promise.all([1, 2, 3].map((n) => call('PUT', path, { body: cart(n) })));

    const won = answers.filter(({ status }) => status === 201).map(({ body }) => body);
    const { body: stands } = await call('GET', path);
    expect(answers.filter(({ status, body }) => status !== 201 && body.code !== '800064')).toEqual([]);
    expect(new Set(won.map(({ attributes }) => JSON.stringify(attributes))).size).toBe(won.length);
    expect(won).toContainEqual(stands);
  });

  it('A GET with If-None-Match is 304 for a cart that has not changed', async () => {
    const { path, created } = await createCart(call);

    const etag = String(created.headers.get('ETag'));
    const { status, headers } = await call('GET', path, { headers: { 'If-None-Match': etag } });

    expect([status, headers.get('ETag'), headers.get('Vary')]).toEqual([304, etag, 'Accept-Encoding']);
  });
});

describe('Invalid input', () => {
  it('An invalid body is rejected with every invalid member by its path, and nothing is stored', async () => {
    const customer = randomUUID();
    const body = { lineItems: [{ ...RESERVATION, quantity: 0 }, { quantity: 1 }] };

    const answer = await call('POST', `/v1/customers/${customer}/carts`, { body });

    expect(answer).toMatchObject({ status: 400, body: { code: '800002' } });
    expect(answer.body.data?.map(({ path }) => path)).toEqual([
      'lineItems[0].quantity',
      'lineItems[1].catalogItemId',
      'lineItems[1].billingCycle',
    ]);
  });

  it.each([
    ['that is empty', ''],
    ['that is not JSON', '{"lineItems":'],
    ['that is an array', '[]'],
    ['without line items', '{"lineItems":[]}'],
    ['that is nested too deeply', `${'['.repeat(5_000)}${']'.repeat(5_000)}`],
    ['that is not UTF-8', new TextDecoder('latin1').decode(Uint8Array.of(0x22, 0xff, 0x22))],
  ])('A body %s is 400', async (_, body) => {
    expect((await call('POST', `/v1/customers/${randomUUID()}/carts`, { body })).status).toBe(400);
  });

  it('A customer id that is not a GUID is 400, and a cart id that is not a GUID is 404', async () => {
    expect(await call('GET', `/v1/customers/none/carts/${randomUUID()}`)).toMatchObject({
      status: 400,
      body: { code: '900118' },
    });
    expect(await call('GET', `/v1/customers/${randomUUID()}/carts/none`)).toMatchObject({
      status: 404,
      body: { code: '800008' },
    });
  });

  it('An item that is not purchasable is stored with an error on its line, and the checkout is rejected', async () => {
    const { path, created } = await createCart(call, [
      RESERVATION,
      { ...SEATS, catalogItemId: 'no such thing' },
    ]);

    const refused = await call('POST', `${path}/checkout`);

    expect(created.body.lineItems?.[1]?.error).toMatchObject({ errorCode: 10001 });
    expect(refused).toMatchObject({
      status: 400,
      body: { code: '800009', data: [{ lineItemId: 1, errorCode: 10001 }] },
    });
  });
});

describe('Authorization', () => {
  it.each([
    ['no token', {}],
    ['an invalid token', { token: 'nothing' }],
  ])('The service rejects a request with %s', async (_, options) => {
    const answer = await call('GET', `/v1/customers/${randomUUID()}/carts/${randomUUID()}`, {
      token: '',
      ...options,
    });

    expect(answer.status).toBe(401);
    expect(answer.headers.get('WWW-Authenticate')).toContain('Bearer');
  });

  it.each([
    ['without a second factor', { user: randomUUID(), mfa: false }],
    ['for another audience', { audience: 'https://graph.windows.net' }],
    ['that has expired', { lifetimeSeconds: -3_600 }],
    ['of another issuer than that of its tenant', { claims: { iss: 'https://sts.windows.net/other/' } }],
  ])('The service rejects a token %s', async (_, request) => {
    const token = await service.token(request);

    expect((await call('GET', `/v1/customers/${randomUUID()}/carts/${randomUUID()}`, { token })).status).toBe(
      401,
    );
  });

  it('Another partner tenant and another customer receive 404 for the cart', async () => {
    const { path, cartId } = await createCart(call);
    const stranger = await service.token({ tenant: randomUUID() });

    const other = [
      await call('GET', path, { token: stranger }),
      await call('PUT', path, { token: stranger, body: { lineItems: [SEATS] } }),
      await call('POST', `${path}/checkout`, { token: stranger }),
      await call('GET', `/v1/customers/${randomUUID()}/carts/${cartId}`),
    ];

    expect(other.map(({ status, body }) => [status, body.code])).toEqual(Array(4).fill([404, '800008']));
  });

  it('An application token may order, but may not read the provisioning status', async () => {
    const token = await service.token();
    const { path, ordersPath } = await createCart(call);
    const checkedOut = await call('POST', `${path}/checkout`, { token });

    const status = await call('GET', `${ordersPath}/${checkedOut.body.orders?.[0]?.id}/provisioningstatus`, {
      token,
    });

    expect(checkedOut.status).toBe(201);
    expect(status).toMatchObject({ status: 403, body: { code: '900329' } });
  });
});
