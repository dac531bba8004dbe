/**
 * Storms over one gateway: the same message over and over again, and many checkouts with duplicates and lost
 * locks. Eight instances of the service are at work at once; the queue empties, and no order is lost or doubled.
 */
import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { eventually } from '../e2e/running.ts';
import { depth, repeatCommand, seed } from '../support/depth.ts';
import { randomOf, shuffled } from '../support/random.ts';
import { line, TWO_GROUPS } from '../support/samples.ts';
import { checkOut, type Promised } from './customer.ts';
import { type Gateway, type Instance, LOST, RACE_LOST } from './instance.ts';
import { type Judgement, judge } from './judge.ts';
import { openStorm, type Storm, WORKERS } from './storm.ts';

const DELIVERIES = 1_000;
const DUPLICATES = 0.2;
const LOST_LOCKS = 0.05;
/** How many customers check out at the same time. */
const WIDTH = 16;
/** A worker reads, acquires the lease, places one or two orders, commits and publishes: it may be stopped before each, and before it completes the message. */
const EFFECTS = 7;

const summary = (what: string, { promised, lost, doubled }: Judgement, { met }: Storm) =>
  `storm with ${what}; ${met.get(LOST.stalled) ?? 0} locks lost on purpose, ${met.get(LOST.slow) ?? 0} to slowness; ${promised} orders promised, ${lost.length} lost, ${doubled.length} doubled; seed ${seed}`;

/** The suite. */
export function describeStorms(gateway: Gateway, file: string): void {
  describe(`A storm with the gateway ${gateway}`, { timeout: depth.timeLimitMs }, () => {
    const again = `again: ${repeatCommand(file, { seed })}`;
    let storm: Storm;
    afterEach(() => storm?.stop());

    it(`A message that is delivered ${DELIVERIES} times to ${WORKERS} workers creates one order per order group`, async () => {
      storm = await openStorm({ gateway, atOnce: 16, lockMs: 60_000 });
      const { instances } = storm;
      const context = { ...storm, random: randomOf(seed) };
      const { message, content } = await checkOut(portsOf(0), randomUUID(), TWO_GROUPS, context);
      await storm.repeat(message, DELIVERIES - 1);
      // Every worker has read the cart before any does what it then thinks is to be done.
      const all = Promise.withResolvers<void>();
      for (const instance of instances) instance.start(all.promise);
      await eventually(async () => instances.every((instance) => instance.hasRead()), 60_000);
      all.resolve();
      const judgement = await judge(storm, gateway, content);

      console.log(summary(`${gateway}: 1 checkout delivered ${deliveries()} times`, judgement, storm));
      expect(judgement.problems, again).toEqual([]);
      expect(deliveries()).toBeGreaterThanOrEqual(DELIVERIES);
      expect(storm.met.get(RACE_LOST)).toBeGreaterThanOrEqual(WORKERS - 1);
    });

    const checkouts = depth.stormCheckouts;
    it(`A storm of ${checkouts} checkouts with duplicates and lost locks loses and duplicates no order`, async () => {
      storm = await openStorm({ gateway, atOnce: 4, lockMs: 3_000 });
      const random = randomOf(seed);
      const numbers = Array.from({ length: checkouts }, (_, n) => n);
      const some = (share: number) => new Set(shuffled(numbers, random).slice(0, share * checkouts));
      const [twice, stalled] = [some(DUPLICATES), some(LOST_LOCKS)];
      for (const instance of storm.instances) instance.start();

      const promised: Promised[] = [];
      await Promise.all(Array.from({ length: WIDTH }, serveCustomers));
      const judgement = await judge(
        storm,
        gateway,
        promised.flatMap(({ content }) => content),
      );

      const what = `${gateway}: ${checkouts} checkouts, ${twice.size} sent twice, ${deliveries()} deliveries`;
      console.log(summary(what, judgement, storm));
      expect(judgement.problems, again).toEqual([]);
      expect(deliveries()).toBeGreaterThanOrEqual(checkouts + twice.size + stalled.size);
      expect(storm.met.get(LOST.stalled)).toBe(stalled.size);

      async function serveCustomers(): Promise<void> {
        for (let n = numbers.pop(); n !== undefined; n = numbers.pop()) {
          const cartId = randomUUID();
          if (stalled.has(n)) storm.stall(cartId, random.below(EFFECTS));
          const lineItems = random.pick([TWO_GROUPS, [line()]]);
          const one = await checkOut(portsOf(n), cartId, lineItems, { ...storm, random });
          promised.push(one);
          if (twice.has(n)) await storm.repeat(one.message, 1);
        }
      }
    });

    const portsOf = (n: number) => (storm.instances[n % WORKERS] as Instance).ports;
    const deliveries = () => storm.instances.reduce((sum, instance) => sum + instance.deliveries(), 0);
  });
}
