/** Bulk orders of 1,000 and 10,000 items, beside a bare client that does the same storage operations. */
import { IN_FLIGHT, measureBulk } from './bulkRun.ts';
import { floorMs } from './floor.ts';
import { sumOf } from './storage.ts';
import { type Finding, foreignLoadNow, type Study } from './study.ts';

export const BULKS: Study[] = [1_000, 10_000].map((items) => ({
  name: `bulk order of ${items.toLocaleString('en')} items`,
  run: ({ scale }) => measure(Math.ceil(items * scale)),
}));

async function measure(items: number): Promise<Finding[]> {
  const before = await foreignLoadNow();
  const { tookMs, operations, messages } = await measureBulk(items);
  const floor = await floorMs(operations, IN_FLIGHT);
  const finding = { unit: '', digits: 1, foreign: Math.max(before, await foreignLoadNow()) };
  return [
    { ...finding, what: 'time', service: [tookMs / 1_000], bare: [floor / 1_000], unit: 's' },
    { ...finding, what: 'items a second', service: [items / (tookMs / 1_000)], digits: 0 },
    { ...finding, what: 'storage operations an item', service: [sumOf(operations) / items], digits: 2 },
    { ...finding, what: 'messages', service: [messages], digits: 0 },
  ];
}
