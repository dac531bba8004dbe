/** Bodies of bulk orders that are as large as a body may be, and no bulk orders: none holds the event loop. */
import { setImmediate } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { readBulkBody } from '../support/bulkBody.ts';

const MAX_BYTES = 16 * 1_024 * 1_024;

/** The memory of every large body, because the first use of 16 MiB takes longer than reading them. */
const memory = Buffer.alloc(MAX_BYTES);

/** As many units as the largest body holds, without the last comma. */
function fill(head: string, unit: string, tail: string): Buffer {
  const room = MAX_BYTES - head.length - tail.length;
  const end = head.length + room - (room % unit.length) - (unit.endsWith(',') ? 1 : 0);
  memory.fill(unit, head.length, end);
  memory.write(head);
  memory.write(tail, end);
  return memory.subarray(0, end + tail.length);
}

function manyNames(): string {
  let names = '"name":1';
  for (let n = 0; n < 1_000_000; n++) names += `,"name${n}":1`;
  return `{${names},"items":[]}`;
}

it.each<[string, () => Buffer | string]>([
  ['empty objects', () => fill('{"items":[', '{},', ']}')],
  ['numbers', () => fill('{"items":[', '1,', ']}')],
  ['small objects in one item', () => fill('{"items":[{"a":[', '{"b":1},', ']}]}')],
  ['an unterminated string', () => fill('"', '\\"', '')],
  ['an unterminated list', () => fill('{"items":[', '{"a":1},', '')],
  ['deep nesting', () => fill('{"items":[', `${'['.repeat(28)}${']'.repeat(28)},`, ']}')],
  ['names', manyNames],
])('A body of 16 MiB of %s is rejected without blocking other requests', async (_, bodyOf) => {
  const body = bodyOf();
  let isDone = false;
  let longestMs = 0;
  // Processor time of this thread: a wall clock also counts other processes, and the process also the collector and the compiler.
  const usedMs = () => process.threadCpuUsage().user / 1_000;
  const watch = (async () => {
    for (let before = usedMs(); !isDone; before = usedMs()) {
      await setImmediate();
      longestMs = Math.max(longestMs, usedMs() - before);
    }
  })();

  const outcome = await readBulkBody(body);
  isDone = true;
  await watch;

  expect(outcome).toMatchObject({ error: { name: 'invalidInput' } });
  expect(longestMs).toBeLessThan(1_000);
});
