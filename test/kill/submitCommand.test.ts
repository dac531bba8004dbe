/** `cartwright bulk submit` is killed, and run again with the same file on a running stack. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { direct, ledgerOf } from '../e2e/deskClient.ts';
import { bulkCommandOn, idOnce, orderFileIn, row, statesIn } from '../e2e/orderFiles.ts';
import { eventually, type Running, startService } from '../e2e/running.ts';
import { BULK_SETTINGS } from '../support/stackSettings.ts';

/** Several commands run after one another, on a machine that may be busy. */
const SLOW = { timeout: 120_000 };
const LONG_MS = 60_000;

let service: Running;
beforeAll(async () => {
  service = await startService({ desk: true, settings: BULK_SETTINGS });
});
afterAll(() => service?.stop());

it(
  'The command bulk submit continues after it was killed, reports its progress, and orders nothing twice',
  SLOW,
  async () => {
    const command = bulkCommandOn(service);
    const customer = randomUUID();
    const rows = ['a', 'b', 'c', 'd', 'e'].map((reference) => row(reference, customer));
    const path = await orderFileIn(service.folder, rows);
    await direct(service, [{ match: { customer }, times: 'always', answer: { status: 503 } }]);

    const first = command.spawn('submit', path);
    const id = await idOnce(first);
    await eventually(async () => (await statesIn(path).catch(() => [])).length === 5, LONG_MS);
    first.child.kill('SIGKILL');
    await first.ended;
    const killed = await statesIn(path);
    const second = command.begin('submit', path);
    await eventually(async () => /^\[-+\] 0 of 5, 2 running/m.test(second.err()), LONG_MS);
    await direct(service, []);
    const { code, out } = await second.ended;
    const third = await command.begin('submit', path).ended;

    expect(killed).toEqual(Array(5).fill('submitted'));
    expect([code, out]).toEqual([0, expect.stringContaining(`${id} is completed. 5 items: 5 succeeded.`)]);
    expect(third).toMatchObject({
      code: 0,
      err: expect.stringMatching(
        `${id}: 5 items\\. Submitted before, and ended on .*: nothing is ordered again\\.`,
      ),
    });
    expect(await statesIn(path)).toEqual(Array(5).fill('succeeded'));
    expect(await ledgerOf(service, customer)).toHaveLength(5);
  },
);
