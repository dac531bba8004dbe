/** Every effect of a delivery fails in every way, with each recovery: it arrives, under one id, and leaves nothing behind. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { depth } from '../support/depth.ts';
import { FAULTS, faultsOf } from './point.ts';
import { type Stack, startStack } from './stack.ts';
import { runWebhookLife, WEBHOOK_RECOVERIES } from './webhookLife.ts';

const EFFECTS = [
  ...[
    'registrations.read',
    'registrations.replace',
    'deliveries.read',
    'deliveries.insert',
    'deliveries.replace',
  ],
  ...['deliveries.remove', 'due.put', 'due.remove', 'deliveryQueue.send', 'receiver.call'],
];

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack?.stop());

it('No delivery is lost or gets a second id, whichever effect fails', {
  timeout: depth.timeLimitMs,
}, async () => {
  const dry = await runWebhookLife(stack, { recovery: 'redelivery' });
  expect(dry.problems).toEqual([]);
  expect([...new Set(dry.points)].sort()).toEqual([...EFFECTS].sort());

  const problems: string[] = [];
  let runs = 0;
  for (const [point, name] of dry.points.entries()) {
    const kinds = faultsOf(name);
    for (const [n, recovery] of WEBHOOK_RECOVERIES.entries()) {
      const kind = kinds[(point + 2 * n) % kinds.length] ?? 'crashBefore';
      const report = await runWebhookLife(stack, { fault: { point, kind }, recovery });
      runs++;
      const where = `${kind} at point ${point} (${name}), recovery by ${recovery}`;
      if (!report.fired) problems.push(`${where}: never fired`);
      problems.push(...report.problems.map((problem) => `${where}: ${problem}`));
    }
  }

  console.log(`deliveries: ${runs} failures at ${dry.points.length} points, ${FAULTS.length} kinds`);
  expect(problems).toEqual([]);
});
