/** Every effect of an erasure fails in every way: in the end nothing names the customer, and everything of others is there. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { depth } from '../support/depth.ts';
import { runErasureLife } from './erasureLife.ts';
import { faultsOf } from './point.ts';
import { type Stack, startStack } from './stack.ts';

const EFFECTS = [
  ...['erasures.read', 'erasures.write', 'due.put', 'due.read', 'due.remove', 'bulk.read', 'bulkList.page'],
  ...['customerData.carts', 'customerData.orders', 'customerData.removeCart', 'customerData.putOrder'],
  ...['customerData.removeOrder', 'customerData.itemsOf', 'customerData.emptyItems'],
  ...['deliveries.ofCustomer', 'deliveries.read', 'deliveries.remove'],
  ...['strandedMessages.find', 'strandedMessages.remove'],
];
const FOUND = { carts: 2, orders: 2, bulkItems: 2, deliveries: 1, parkedMessages: 2 };

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack?.stop());

describe('an erasure', () => {
  it.each([
    ['delete', { policy: 'delete' }, FOUND],
    [
      'pseudonymize',
      { policy: 'pseudonymize', reason: 'Commercial law', keptUntil: expect.any(String) },
      FOUND,
    ],
    ['keep', { policy: 'keep', reason: 'Commercial law' }, { ...FOUND, orders: 0 }],
  ] as const)(
    'An erasure removes everything of a customer, with the policy %s for orders',
    async (orders, stated, found) => {
      const { problems, receipt } = await runErasureLife(stack, { orders });

      expect(problems).toEqual([]);
      expect(receipt).toMatchObject({ found, orders: stated, requestedBy: 'user' });
      expect(JSON.stringify(receipt)).not.toContain('Rivera');
    },
  );

  it('An erasure waits for a running checkout, and then removes its cart and orders', async () => {
    const { problems, receipt } = await runErasureLife(stack, { orders: 'pseudonymize', isInCheckout: true });

    expect(problems).toEqual([]);
    expect(receipt).toMatchObject({ found: { ...FOUND, carts: 3, orders: 4 } });
  });
});

it('An erasure ends and its receipt is complete, whichever effect fails', {
  timeout: depth.timeLimitMs,
}, async () => {
  const dry = await runErasureLife(stack, { orders: 'pseudonymize' });
  expect(dry.problems).toEqual([]);
  expect(dry.points).toEqual(expect.arrayContaining(EFFECTS));

  const problems: string[] = [];
  const met = new Map<string, number>();
  for (const [point, name] of dry.points.entries()) {
    // The sweep also processes what the other customer has.
    if (!EFFECTS.includes(name)) continue;
    const times = met.get(name) ?? 0;
    met.set(name, times + 1);
    if (times >= depth.crashesPerPoint) continue;
    const kinds = faultsOf(name);
    const kind = kinds[(point + times) % kinds.length] ?? 'crashBefore';
    const report = await runErasureLife(stack, { orders: 'pseudonymize', fault: { point, kind } });
    const where = `${kind} at point ${point} (${name})`;
    if (!report.fired) problems.push(`${where}: never fired`);
    problems.push(...report.problems.map((problem) => `${where}: ${problem}`));
    if (JSON.stringify(report.receipt.found) !== JSON.stringify(FOUND)) {
      problems.push(`${where}: the receipt has ${JSON.stringify(report.receipt.found)}`);
    }
  }

  expect(problems).toEqual([]);
});
