/**
 * Hostile HTTP against the running service: whatever is sent, no answer of 5xx, every refusal in the error
 * shape, nothing kept of what was refused, and a host that neither dies nor grows.
 */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { TableClient } from '@azure/data-tables';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually, type Running, startService } from '../e2e/running.ts';
import { depth, seed } from '../support/depth.ts';
import { checkInLanes } from '../support/lanes.ts';
import { attacker, type Tally } from './attack.ts';
import { brokenRequest, sendBroken } from './brokenHttp.ts';
import { hostileRequest, shown } from './requests.ts';
import { openWire } from './wire.ts';

const FILE = 'test/fuzz';
const IN_FLIGHT = 24;
/** All that the host's heap may take: what leaks with every request would end the process. */
const HEAP_MIB = 192;
/** Of resident memory, after a tenth of the requests has warmed the host up. */
const MOST_GROWTH_MIB = 150;
const MIB = 1024 * 1024;

let service: Running;
let wire: ReturnType<typeof openWire>;
let attack: ReturnType<typeof attacker>;
let hostPid: number | undefined;
const tally: Tally = { statuses: new Map(), carts: new Set(), orders: new Set() };
beforeAll(async () => {
  service = await startService({ settings: { NODE_OPTIONS: `--max-old-space-size=${HEAP_MIB}` } });
  wire = openWire(service.url, IN_FLIGHT);
  attack = attacker(wire.send, await service.token(), tally);
  hostPid = service.processes.host?.pid;
});
afterAll(async () => {
  wire?.close();
  await service?.stop();
});

/** Resident memory of the host, in bytes; 0 where the system does not report it. */
async function hostMemory(): Promise<number> {
  if (!existsSync('/proc/self/status')) return 0;
  const status = await readFile(`/proc/${service.processes.host?.pid}/status`, 'utf8');
  return Number(/VmRSS:\s*(\d+) kB/.exec(status)?.[1]) * 1024;
}

describe('Hostile requests', () => {
  it(
    'Hostile requests are served or rejected in the error format, and the memory of the host does not grow',
    async () => {
      const began = performance.now();
      let begun = 0;
      let before = await hostMemory();
      const survive = fc.asyncProperty(hostileRequest, async (request) => {
        if (++begun === depth.fuzzInputs / 10) before = await hostMemory();
        await attack(request);
      });

      const sent = await checkInLanes(() => survive, {
        file: FILE,
        lanes: IN_FLIGHT,
        runs: depth.fuzzInputs,
        show: shown,
      });

      const seconds = Math.round((performance.now() - began) / 1_000);
      const growth = (await hostMemory()) - before;
      const statuses = [...tally.statuses].sort().map(([status, count]) => `${status}: ${count}`);
      console.log(
        `${sent} hostile requests (SEED=${seed}) in ${seconds} s; ${statuses.join(', ')}; ` +
          `${tally.carts.size} carts; host memory ${Math.round(before / MIB)} MiB, ` +
          `${growth < 0 ? '' : '+'}${Math.round(growth / MIB)} MiB`,
      );
      expect(Math.round(growth / MIB)).toBeLessThan(MOST_GROWTH_MIB);
    },
    depth.timeLimitMs * 2,
  );

  it(
    'After hostile requests, the table has exactly the carts that responses have confirmed',
    async () => {
      const client = TableClient.fromConnectionString(service.storageConnection, 'carts', {
        allowInsecureConnection: true,
      });

      const kept = new Set<string>();
      const select = ['RowKey', 'cartId'];
      const rows = client.listEntities<{ cartId?: string }>({ queryOptions: { select } });
      for await (const { rowKey = '', cartId = '' } of rows) {
        if (rowKey.startsWith('cart_')) kept.add(rowKey.slice('cart_'.length));
        if (tally.orders.has(rowKey.slice('order_'.length))) tally.carts.add(cartId);
      }

      expect(kept.symmetricDifference(tally.carts)).toEqual(new Set());
    },
    depth.timeLimitMs,
  );
});

describe('Malformed HTTP', () => {
  it(
    'Malformed HTTP is answered or disconnected, and the next request is served',
    async () => {
      const survive = fc.asyncProperty(brokenRequest, async (bytes) => {
        await sendBroken(service.url, bytes);
        expect((await service.call('GET', '/health')).status).toBe(200);
      });

      await checkInLanes(() => survive, {
        file: FILE,
        lanes: 8,
        runs: depth.brokenRequests,
        show: (bytes) => JSON.stringify(bytes.toString('latin1')),
      });
    },
    depth.timeLimitMs,
  );
});

describe('The host after hostile requests', () => {
  it('The host survives hostile requests without a restart and without an unhandled error', async () => {
    await eventually(async () => (await service.call('GET', '/ready')).status === 200);

    expect(service.processes.host?.pid).toBe(hostPid);
    expect(service.log.filter((line) => /unhandled|uncaught|call failed|\bFATAL\b/i.test(line))).toEqual([]);
  });
});
