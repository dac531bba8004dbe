/**
 * Report R2: 500 although it was done (balanced/balanced-api#569). The status decides what is known: a 5xx or 408 is
 * ambiguous whatever code it carries, so the order is looked up and never made a second time.
 */
import { describe, expect, it } from 'vitest';
import { checkoutWith, type Replaced } from './checkoutThroughProxy.ts';

const error = (status: number, code: string): Replaced => ({
  status,
  body: { code, description: 'It went wrong.', data: [], source: 'PartnerFD' },
});

describe('Ambiguous responses after the order was placed (balanced-api#569)', () => {
  it.each<[string, Replaced]>([
    ['500 with code 800002, which is documented with 400', error(500, '800002')],
    ['500 with code 3029', error(500, '3029')],
    ['502 with code 800010', error(502, '800010')],
    ['503 with code 2002, without Retry-After', error(503, '2002')],
    ['504 with the code of a duplicate', error(504, '800065')],
    ['408 with code 800002', error(408, '800002')],
    ['599 with an unknown code', error(599, '4711')],
    ['500 with a page', { status: 500, body: '<html>Oops</html>' }],
    ['500 with an empty object', { status: 500, body: {} }],
    ['201 with a page', { status: 201, body: '<html>Thank you</html>' }],
    ['307 to another host', { status: 307, body: '', headers: { Location: 'http://127.0.0.1:9/' } }],
  ])(
    'A checkout places each order once if Partner Center places it and responds with %s',
    async (_, replaced) => {
      const { checkout, made, events, again } = await checkoutWith([replaced], 'behind the desk');

      expect(checkout?.state).toBe('ordered');
      expect(made).toHaveLength(2);
      expect(checkout?.groups.map(({ order }) => order?.orderId).sort()).toEqual(
        made.map(({ orderId }) => orderId).sort(),
      );
      expect(events).toEqual(['cart.ordered.v1']);
      expect(await again()).toHaveLength(2);
    },
  );

  it('A checkout places each order once even if Partner Center does not recognize request ids and lists orders late', async () => {
    const script = { idempotency: false, listDelaySeconds: 900 };

    const { checkout, made } = await checkoutWith([error(500, '800002')], 'behind the desk', script);

    expect(checkout?.state).toBe('ordered');
    expect(made).toHaveLength(2);
  });

  it('A checkout places each order once even if both order groups and the first repeats get ambiguous responses', async () => {
    const replaced = [error(500, '800002'), error(502, '3029'), error(408, '800010')];

    const { checkout, made } = await checkoutWith(replaced, 'behind the desk', { idempotency: false });

    expect(checkout?.state).toBe('ordered');
    expect(made).toHaveLength(2);
  });
});

it('A rejection in Partner Center’s format, before an order was placed, ends the checkout (balanced-api#569)', async () => {
  const rejection = error(400, '800010');

  const { checkout, made } = await checkoutWith([rejection, rejection], 'before the desk');

  expect(checkout).toMatchObject({ state: 'failed', attempt: 1 });
  expect(checkout?.groups).toMatchObject([
    { state: 'refused', problem: { code: '800010', status: 400 } },
    { state: 'refused', problem: { code: '800010', status: 400 } },
  ]);
  expect(made).toEqual([]);
});
