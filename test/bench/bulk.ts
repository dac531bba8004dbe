/**
 * Measures bulk ordering on the local stack, end to end: items a second, operations on storage and messages an
 * item, the memory of the service, and how that stands beside the same operations by a bare client.
 *
 *   npm run bench:bulk -- [items]        10,000 by default, after a tenth of it on another stack
 */
import { MAX_ITEMS } from '../../shared/bulk/bulkOrder.ts';
import { IN_FLIGHT, measureBulk } from './bulkRun.ts';
import { floorMs } from './floor.ts';
import { KINDS, sumOf } from './storage.ts';

const most = Number(process.argv[2] ?? MAX_ITEMS);
if (!(Number.isInteger(most) && most >= 1 && most <= MAX_ITEMS)) {
  console.error(`A bulk order has 1 to ${MAX_ITEMS} items, not ${process.argv[2]}.`);
  process.exit(2);
}
const tenth = await measureBulk(Math.ceil(most / 10));
const whole = await measureBulk(most);
const floorTookMs = await floorMs(whole.operations, IN_FLIGHT);

for (const { items, tookMs, operations, messages, memory } of [tenth, whole]) {
  console.log(`${items} items in ${seconds(tookMs)}: ${rate(items, tookMs)} items/s`);
  const kinds = KINDS.filter((kind) => operations[kind] > 0);
  const each = kinds.map((kind) => `${kind} ${perItem(operations[kind], items)}`).join(', ');
  console.log(`  storage operations an item  ${perItem(sumOf(operations), items)} (${each})`);
  console.log(`  messages                    ${messages} in all`);
  if (!memory) continue;
  const { earlyMiB, lateMiB, residentMiB } = memory;
  console.log(
    `  alive in the service's heap ${earlyMiB.toFixed(0)} MiB early on, ${lateMiB.toFixed(0)} at the end`,
  );
  console.log(`  of the machine              ${residentMiB.toFixed(0)} MiB at most`);
}
console.log(
  `the floor: the same ${sumOf(whole.operations)} operations by a bare client in ${seconds(floorTookMs)}; the service takes ${(whole.tookMs / floorTookMs).toFixed(1)} times as long`,
);

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}

function rate(items: number, ms: number): string {
  return (items / (ms / 1_000)).toFixed(0);
}

function perItem(count: number, items: number): string {
  return (count / items).toFixed(2);
}
