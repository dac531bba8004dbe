/**
 * Report R8, a variation of balanced/balanced-api#569: a 403 with the HTML of a firewall ended a checkout as rejected. A 4xx
 * that is not in Partner Center's error format is not Partner Center's: it is retried like a 429.
 */
import { expect, it } from 'vitest';
import { checkoutWith, type Replaced } from './checkoutThroughProxy.ts';

it.each<[string, Replaced]>([
  ['403 with the page of a firewall', { status: 403, body: '<html><body>Request blocked.</body></html>' }],
  ['403 as JSON of an AWS gateway', { status: 403, body: { message: 'Forbidden' } }],
  [
    '404 as JSON of API management',
    { status: 404, body: { statusCode: 404, message: 'Resource not found' } },
  ],
  ['400 with an empty body', { status: 400, body: '' }],
  ['403 with its status as the code', { status: 403, body: { code: '403', description: 'Forbidden' } }],
  ['407 of a proxy that wants to know the caller', { status: 407, body: '<html>Proxy</html>' }],
  ['411 of a proxy', { status: 411, body: '<html>Length required</html>' }],
  ['413 of a proxy', { status: 413, body: '<html>Too large</html>' }],
  ['451 of a filter', { status: 451, body: { error: { code: 'Blocked', message: 'By policy.' } } }],
])(
  'A checkout continues after a response of an intermediary (a variation of balanced-api#569): %s',
  async (_, replaced) => {
    const blocked = Array.from({ length: 5 }, () => replaced);

    const { checkout, made, events } = await checkoutWith(blocked, 'before the desk');

    expect(checkout?.state).toBe('ordered');
    expect(checkout?.attempt).toBeGreaterThan(1);
    expect(made).toHaveLength(2);
    expect(events).toEqual(['cart.ordered.v1']);
  },
);

it('A checkout that an intermediary blocks for a day fails with a reason that is not a rejection (a variation of balanced-api#569)', async () => {
  const blocked = Array.from({ length: 1_000 }, () => ({ status: 403, body: '<html>Blocked</html>' }));

  const { checkout, made } = await checkoutWith(blocked, 'before the desk');

  expect(checkout).toMatchObject({ state: 'failed', exhausted: true, attempt: 12 });
  expect(checkout?.groups).toMatchObject([
    { problem: { code: '800005', status: 409 } },
    { problem: { code: '800005', status: 409 } },
  ]);
  expect(made).toEqual([]);
});
