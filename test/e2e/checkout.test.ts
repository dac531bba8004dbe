/** Checkouts that fail on the way, against the ordering desk, whose list of orders proves that none is lost or duplicated. */
import { beforeAll, describe, expect, it } from 'vitest';
import { direct, ledgerOf, seenOf } from './deskClient.ts';
import { createCart, RESERVATION, SEATS } from './orders.ts';
import { isAboutCart, parkedSoon } from './parkedMessages.ts';
import { eventually, sharedService } from './running.ts';

// The first test would wait for the start of the stack.
beforeAll(() => sharedService('checkout'));

/** A new partner for one test: the tests run side by side, and the pause of one partner delays no other. */
async function newPartner() {
  const service = await sharedService('checkout');
  const { call } = service;
  return { service, call, checkOut: (path: string) => call('POST', `${path}/checkout`) };
}

describe.concurrent('Retries', () => {
  it('A checkout that the ordering desk rejects twice with 503 places one order per group in three attempts', async () => {
    const { service, call, checkOut } = await newPartner();
    const { path, customer } = await createCart(call, [RESERVATION, SEATS]);
    await direct(service, [
      { match: { customer, billingCycle: 'monthly' }, times: 2, answer: { status: 503 } },
    ]);

    const { status, body } = await checkOut(path);

    expect(status).toBe(201);
    expect(body.orders).toHaveLength(2);
    expect((await call('GET', `${path}/checkout`)).body).toMatchObject({ status: 'ordered', attempts: 3 });
    const ledger = await ledgerOf(service, customer);
    expect(ledger.map(({ orderId }) => orderId).sort()).toEqual(body.orders?.map(({ id }) => id).sort());
  });

  it('Every attempt sends the same request id, and no attempt is sent before the Retry-After of the last', async () => {
    const { service, call, checkOut } = await newPartner();
    const { path, customer } = await createCart(call);
    await direct(service, [{ match: { customer }, times: 1, answer: { status: 429, retryAfterSeconds: 2 } }]);

    const { status } = await checkOut(path);

    const [first, second, ...more] = await seenOf(service, customer);
    expect(status).toBe(201);
    expect(more).toEqual([]);
    expect(second?.requestId).toBe(first?.requestId);
    expect(Number(second?.at) - Number(first?.at)).toBeGreaterThanOrEqual(2_000);
  });

  it('A running checkout shows its attempts, the time of the next and the last error', async () => {
    const { service, call, checkOut } = await newPartner();
    const { path, customer } = await createCart(call);
    await direct(service, [
      {
        match: { customer },
        times: 1,
        answer: { status: 500, retryAfterSeconds: 3, description: 'Closed.' },
      },
    ]);

    const accepted = await call('POST', `${path}/checkout`, { headers: { Prefer: 'respond-async' } });

    expect(accepted.status).toBe(202);
    expect(accepted.headers.get('Location')).toBe(`${path}/checkout`);
    const waiting = await eventually(async () => {
      const { body } = await call('GET', `${path}/checkout`);
      return body.nextAttemptTimestamp !== undefined && body;
    });
    expect(waiting).toMatchObject({ status: 'running', attempts: 1, lastError: { description: 'Closed.' } });
    expect(Date.parse(String(waiting.nextAttemptTimestamp))).toBeGreaterThan(
      Date.parse(String(waiting.startedTimestamp)),
    );
    expect(await checkOut(path)).toMatchObject({ status: 201, body: { orders: [{}] } });
  });
});

describe.concurrent('A lost response', () => {
  it.each(['acceptThenCut', 'acceptThenHang'] as const)(
    'A lost response (%s) causes no second order, although the desk does not recognize request ids',
    async (answer) => {
      const { service, call, checkOut } = await newPartner();
      const { path, customer } = await createCart(call);
      await direct(service, [{ match: { customer }, times: 1, answer }]);

      const { status, body } = await checkOut(path);

      const ledger = await ledgerOf(service, customer);
      expect(status).toBe(201);
      expect(ledger.map(({ orderId }) => orderId)).toEqual(body.orders?.map(({ id }) => id));
    },
  );
});

describe.concurrent('Rejections', () => {
  it('A rejected group does not affect the order of another, and a later checkout orders the missing group only', async () => {
    const { service, call, checkOut } = await newPartner();
    const { path, customer } = await createCart(call, [RESERVATION, SEATS]);
    const refusal = { status: 403, code: '800088', description: 'Too many seats.' };
    await direct(service, [{ match: { customer, billingCycle: 'monthly' }, times: 1, answer: refusal }]);

    const partly = await checkOut(path);
    const cart = await call('GET', path);
    const whole = await checkOut(path);

    expect(partly).toMatchObject({
      status: 201,
      body: {
        orders: [{ billingCycle: 'one_time' }],
        orderErrors: [{ orderGroupId: '1', code: 800088, description: 'Too many seats.' }],
      },
    });
    expect(cart.body.status).toBe('Active');
    expect(whole.body.orders?.map(({ billingCycle }) => billingCycle)).toEqual(['one_time', 'monthly']);
    expect(whole.body.orders?.[0]?.id).toBe(partly.body.orders?.[0]?.id);
    expect(await ledgerOf(service, customer)).toHaveLength(2);
  });

  it('After a partial rejection the ordered line items are frozen, and the others can be replaced', async () => {
    const { service, call, checkOut } = await newPartner();
    const { path, customer } = await createCart(call, [RESERVATION, SEATS]);
    await direct(service, [
      { match: { customer, billingCycle: 'monthly' }, times: 1, answer: { status: 400 } },
    ]);
    await checkOut(path);

    const touched = await call('PUT', path, {
      body: { lineItems: [{ ...RESERVATION, quantity: 9 }, SEATS] },
    });
    const mended = await call('PUT', path, { body: { lineItems: [RESERVATION, { ...SEATS, quantity: 1 }] } });
    const { body } = await checkOut(path);

    expect(touched).toMatchObject({ status: 400, body: { code: '800065' } });
    expect(mended.status).toBe(201);
    expect(body.orders?.map(({ lineItems }) => lineItems.map(({ quantity }) => quantity))).toEqual([
      [2],
      [1],
    ]);
  });

  it('When every group is rejected, the response has the error of the desk, and the cart can be checked out again', async () => {
    const { service, call, checkOut } = await newPartner();
    const { path, customer } = await createCart(call);
    const refusal = { status: 403, code: '800089', description: 'The limit is exceeded.' };
    await direct(service, [{ match: { customer }, times: 1, answer: refusal }]);

    expect(await checkOut(path)).toMatchObject({
      status: 403,
      body: { code: '800089', description: 'The limit is exceeded.' },
    });
    expect((await checkOut(path)).status).toBe(201);
  });
});

describe.concurrent('Exhausted attempts', () => {
  it('After the maximum number of attempts the cart is active again and a copy of the checkout is parked', async () => {
    const { service, call, checkOut } = await newPartner();
    const { path, customer, cartId } = await createCart(call);
    await direct(service, [
      { match: { customer }, times: 3, answer: { status: 503, description: 'Closed.' } },
    ]);

    const exhausted = await checkOut(path);

    expect(exhausted).toMatchObject({
      status: 409,
      body: { code: '800005', description: 'It is not known whether the order was made. Closed.' },
    });
    const posted = (await seenOf(service, customer)).filter(({ method }) => method === 'POST');
    expect(posted).toHaveLength(3);
    expect((await call('GET', path)).body.status).toBe('Active');
    const [parked] = await parkedSoon(service, isAboutCart(cartId));
    expect(parked).toMatchObject({
      body: { type: 'checkoutReplay', data: { cartId } },
      applicationProperties: { source: 'checkout', reason: 'AttemptsExhausted' },
    });
    expect((await checkOut(path)).status).toBe(201);
  });
});
