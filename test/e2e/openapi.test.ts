/** The reference as the running service gives it, and the running service's answers against the reference. */
import { randomUUID } from 'node:crypto';
import { Validator } from '@seriousme/openapi-schema-validator';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { routes } from '../../functions/http/routes.ts';
import { ERRORS } from '../../shared/errors.ts';
import { EXAMPLES } from '../../shared/openapi/examples.ts';
import { errorsOf } from '../../shared/openapi/openapi.ts';
import { SCHEMAS, type SchemaName } from '../../shared/openapi/schemas.ts';
import { shapeOf } from '../support/shape.ts';
import { direct } from './deskClient.ts';
import { createCart, RESERVATION, SEATS } from './orders.ts';
import { type Answer, eventually, type Service, sharedService } from './running.ts';

let service: Service;
let call: Service['call'];
beforeAll(async () => {
  service = await sharedService('checkout');
  call = service.call;
});
beforeEach(() => direct(service, []));

/** The answer is one of this schema, to the last member. */
function expectOf(schema: SchemaName, status: number, answer: Answer): void {
  expect(answer.status).toBe(status);
  expect(SCHEMAS[schema].parse(answer.body)).toEqual(answer.body);
}

/** The answer is an error that the reference expects of this route. */
function expectFault(name: string, status: number, answer: Answer): void {
  const errors = routes.filter((route) => route.name === name).flatMap(errorsOf);
  expectOf('Error', status, answer);
  expect(errors.map((error) => ERRORS[error].code)).toContain(answer.body.code);
}

/** The shapes in a list without a guaranteed order. */
const shapesOf = (list: readonly unknown[] = []) =>
  new Set(list.map((item) => JSON.stringify(shapeOf(item))));

/** A cart of the example of the reference, for a new customer. */
async function exampleCart() {
  const customer = randomUUID();
  const created = await call('POST', `/v1/customers/${customer}/carts`, { body: EXAMPLES.CartRequest });
  const at = `/v1/customers/${customer}`;
  return { customer, created, at, path: `${at}/carts/${created.body.id}` };
}

describe('The API reference', () => {
  it('The reference is available without a token, as a valid document', async () => {
    const answer = await call('GET', '/openapi.json', { token: '' });

    expect(answer.status).toBe(200);
    expect(await new Validator().validate(answer.body)).toEqual({ valid: true });
  });

  it('The reference page is available without a token, loads only its own files and has no inline script', async () => {
    const response = await fetch(`${service.url}/docs`);

    expect(response.headers.get('Content-Type')).toBe('text/html; charset=utf-8');
    expect(response.headers.get('Content-Security-Policy')).toContain("default-src 'none'");
    expect(response.headers.get('Content-Security-Policy')).toContain("script-src 'self';");
    expect(await response.text()).toMatch(/^<!DOCTYPE html>.*<\/html>\n$/s);
    for (const [file, type] of [
      ['viewer.js', 'text/javascript'],
      ['viewer.css', 'text/css'],
    ]) {
      const answer = await fetch(`${service.url}/docs/${file}`);
      expect(answer.headers.get('Content-Type')).toBe(`${type}; charset=utf-8`);
      expect((await answer.text()).length).toBeGreaterThan(100_000);
    }
  });

  it('The reference is compressed with gzip only for clients that accept it', async () => {
    const get = (encoding: string) =>
      fetch(`${service.url}/docs/viewer.css`, { headers: { 'Accept-Encoding': encoding } });

    const [small, plain] = await Promise.all([get('gzip'), get('gzip;q=0')]);

    expect(small.headers.get('Content-Encoding')).toBe('gzip');
    expect(plain.headers.get('Content-Encoding')).toBeNull();
    expect(plain.headers.get('Vary')).toBe('Accept-Encoding');
    expect(await small.text()).toBe(await plain.text());
  });
});

describe('Examples', () => {
  it('The example of a cart is the response to the example of its request', async () => {
    const { created, path } = await exampleCart();

    expectOf('Cart', 201, created);
    expect(shapeOf(created.body)).toEqual(shapeOf(EXAMPLES.Cart));
    expect(shapeOf((await call('GET', path)).body)).toEqual(shapeOf(EXAMPLES.Cart));
    expect(shapeOf((await call('PUT', path, { body: EXAMPLES.CartRequest })).body)).toEqual(
      shapeOf(EXAMPLES.Cart),
    );
  });

  it('The examples of a checkout, its progress and the orders match those of the example cart', async () => {
    const { customer, at, path } = await exampleCart();
    const busy = { status: 503, retryAfterSeconds: 2, description: 'Closed.' };
    await direct(service, [{ match: { customer, billingCycle: 'monthly' }, times: 1, answer: busy }]);

    const accepted = await call('POST', `${path}/checkout`, { headers: { Prefer: 'respond-async' } });
    const waiting = await eventually(async () => {
      const answer = await call('GET', `${path}/checkout`);
      return answer.body.nextAttemptTimestamp !== undefined && answer;
    });
    const result = await call('POST', `${path}/checkout`);
    const orders = await call('GET', `${at}/orders`);
    const last = result.body.orders?.[1]?.id;

    expectOf('CheckoutProgress', 202, accepted);
    expectOf('CheckoutProgress', 200, waiting);
    expect(shapeOf(waiting.body)).toEqual(shapeOf(EXAMPLES.CheckoutProgress));
    expectOf('CheckoutProgress', 200, await call('GET', `${path}/checkout`));
    expectOf('CheckoutResult', 201, result);
    expect(shapeOf(result.body)).toEqual(shapeOf(EXAMPLES.CheckoutResult));
    expectOf('Orders', 200, orders);
    expect(shapesOf(orders.body.items)).toEqual(shapesOf(EXAMPLES.Orders.items));
    const order = await call('GET', `${at}/orders/${last}`);
    expectOf('Order', 200, order);
    expect(shapeOf(order.body)).toEqual(shapeOf(EXAMPLES.Order));
    const provisioned = await call('GET', `${at}/orders/${last}/provisioningstatus`);
    expectOf('ProvisioningStatuses', 200, provisioned);
    expect(shapeOf(provisioned.body)).toEqual(shapeOf(EXAMPLES.ProvisioningStatuses));
    expectOf('Cart', 200, await call('GET', path));
  });

  it('The examples of a bulk order, its items and their table match the example of a request', async () => {
    const submitted = await call('POST', '/v1/bulkorders', { body: EXAMPLES.BulkRequest });
    const path = `/v1/bulkorders/${submitted.body.id}`;
    const ended = await eventually(async () => {
      const answer = await call('GET', path);
      return answer.body.state === 'completed' && answer;
    });
    const items = await call('GET', `${path}/items`);
    const csv = await fetch(`${service.url}${path}/items.csv`, {
      headers: { Authorization: `Bearer ${await service.token()}` },
    });

    expectOf('BulkOrder', 202, submitted);
    expectOf('BulkOrder', 200, ended);
    expect(shapeOf(ended.body)).toEqual(shapeOf(EXAMPLES.BulkOrder));
    expectOf('BulkOrders', 200, await call('GET', '/v1/bulkorders'));
    expectOf('BulkItems', 200, items);
    expect(shapesOf(items.body.items)).toEqual(shapesOf(EXAMPLES.BulkItems.items));
    expect(csv.headers.get('Content-Type')).toBe('text/csv; charset=utf-8');
    const [names, ...lines] = (await csv.text()).split('\r\n');
    expect(names).toBe(EXAMPLES.Csv.split('\r\n')[0]);
    expect(lines.map((line) => line.split(',')[4])).toEqual(['succeeded', 'failed', undefined]);
    const again = await call('POST', `${path}/retry`, { body: EXAMPLES.BulkRetryRequest });
    expectOf('BulkOrder', 202, again);
    expectFault('retryBulkOrder', 404, await call('POST', `/v1/bulkorders/${randomUUID()}/retry`));
    expectFault('submitBulkOrder', 400, await call('POST', '/v1/bulkorders', { body: { items: [{}] } }));
    expectOf('BulkOrder', 202, await call('POST', `${path}/cancel`));
  });

  it('The examples of health and readiness match their responses', async () => {
    expect((await call('GET', '/health')).body).toEqual(EXAMPLES.Health);
    expect((await call('GET', '/ready')).body).toEqual(EXAMPLES.Readiness);
  });
});

describe('Responses without an example', () => {
  const addon = {
    catalogItemId: '2B3B8D2D-10AA-4BE4-B5FD-7F2FEB0BC2FB',
    quantity: 1,
    billingCycle: 'annual',
  };
  const legacy = { ...addon, catalogItemId: '031C9E47-4802-4248-838E-778FB1D2CC05', addonItems: [addon] };

  it.each(['Partner Center Java SDK', 'Partner Center .NET SDK'])(
    'A cart with add-ons for the %s, a line error and its rejection match their schemas',
    async (client) => {
      const carts = `/v1/customers/${randomUUID()}/carts`;
      const lineItems = [legacy, { ...SEATS, catalogItemId: 'no such thing' }];
      const created = await call('POST', carts, {
        body: { lineItems, partnerOnRecordAttestationAccepted: true },
        headers: { 'MS-PartnerCenter-Client': client },
      });

      expectOf('Cart', 201, created);
      expectFault('checkOutCart', 400, await call('POST', `${carts}/${created.body.id}/checkout`));
    },
  );

  it('Orders of legacy offers and rejected order groups match their schemas', async () => {
    const { path, customer } = await createCart(call, [
      { ...SEATS, catalogItemId: '195416c1-3447-423a-b37b-ee59a99a19c4' },
      RESERVATION,
    ]);
    const refusal = { status: 403, code: '800088', description: 'Too many.' };
    await direct(service, [{ match: { customer, billingCycle: 'one_time' }, times: 2, answer: refusal }]);

    const partly = await call('POST', `${path}/checkout`);

    expectOf('CheckoutResult', 201, partly);
    expect(partly.body.orderErrors).toHaveLength(1);
    expectOf('CheckoutProgress', 200, await call('GET', `${path}/checkout`));
  });

  it('Every error has the documented shape and a code that the reference lists for its route', async () => {
    const { path, ordersPath } = await createCart(call);
    const stale = { headers: { 'If-Match': '"other"' }, body: EXAMPLES.CartRequest };

    expectFault('replaceCart', 400, await call('PUT', path, { body: { lineItems: [{ quantity: 0 }] } }));
    expectFault('replaceCart', 412, await call('PUT', path, stale));
    expectFault('createCart', 400, await call('POST', '/v1/customers/nobody/carts', stale));
    expectFault('getCart', 401, await call('GET', path, { token: 'none' }));
    expectFault('getCart', 404, await call('GET', `${path.slice(0, -12)}000000000000`));
    expectFault('getCheckout', 404, await call('GET', `${path}/checkout`));
    expectFault('checkOutCart', 412, await call('POST', `${path}/checkout`, stale));
    expectFault('getOrder', 404, await call('GET', `${ordersPath}/none`));
    const token = await service.token();
    expectFault(
      'getProvisioningStatus',
      403,
      await call('GET', `${ordersPath}/1/provisioningstatus`, { token }),
    );
    expectOf('Error', 404, await call('GET', '/v1/nothing'));
  });
});
