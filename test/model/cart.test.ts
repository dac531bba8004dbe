/**
 * Random histories of calls against the running service, compared with the model call by call: whatever a
 * caller does in whatever order, the service and the design agree.
 */
import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Running, startService } from '../e2e/running.ts';
import { depth, seed } from '../support/depth.ts';
import { checkInLanes } from '../support/lanes.ts';
import { firstCreate, LIFETIME_MS } from './commands.ts';
import { histories } from './histories.ts';
import type { Model } from './model.ts';

let service: Running;
beforeAll(async () => {
  service = await startService({ settings: { CART_LIFETIME: `PT${LIFETIME_MS / 1_000}S` } });
});
afterAll(() => service?.stop());

/** A new customer, with one cart. */
async function begin(real: Running['call']) {
  const model: Model = { customer: randomUUID(), carts: [], creates: new Map(), orderIds: [] };
  await firstCreate.run(model, real);
  return { model, real };
}

it(
  'The service agrees with the model, call by call',
  async () => {
    const calls = new Map<string, number>();
    const counted: Running['call'] = (method, path, options) => {
      const kind = `${method} ${path
        .split('/')
        .at(-1)
        ?.replace(/^[0-9a-f-]{36}$/, '{id}')}`;
      calls.set(kind, (calls.get(kind) ?? 0) + 1);
      return service.call(method, path, options);
    };
    const began = performance.now();

    const agree = fc.asyncProperty(histories, (commands) => fc.asyncModelRun(() => begin(counted), commands));
    const runs = await checkInLanes(() => agree, { file: 'test/model', lanes: 12, runs: depth.modelRuns });

    const seconds = Math.round((performance.now() - began) / 1_000);
    const figures = [...calls].map(([kind, count]) => `${kind}: ${count}`).join(', ');
    console.log(`${runs} histories (SEED=${seed}) in ${seconds} s, 0 divergences; ${figures}`);
    expect(runs).toBeGreaterThan(0);
  },
  depth.timeLimitMs * 2,
);
