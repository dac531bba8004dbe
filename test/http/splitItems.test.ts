/** Large bulk orders are read without parsing the body as a whole, with the same result. */
import { setImmediate } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { MAX_ITEMS } from '../../shared/bulk/bulkOrder.ts';
import { bulkQuery } from '../../shared/http/bulkHead.ts';
import { bulkBodyReader } from '../../shared/http/bulkRequest.ts';
import { splitItems } from '../../shared/http/splitItems.ts';
import { MODERN } from '../support/samples.ts';

const MAX_BYTES = 16 * 1_024 * 1_024;

async function read(body: Buffer | string) {
  return bulkBodyReader.read({
    bytes: typeof body === 'string' ? Buffer.from(body) : body,
    contentType: 'application/json',
    query: bulkQuery.parse({}),
    queryText: '',
    caller: { tenant: 't', app: 'a', principal: 'p', kind: 'app', roles: [] },
    identity: { tenant: 't', app: 'a', requestId: 'r', hasClientRequestId: true, correlationId: 'c' },
  });
}

it.each([
  ['{"items":[1,{"a":[2,3]},"x,]"]}', ['1', '{"a":[2,3]}', '"x,]"']],
  ['{"a":{"items":[9]},"Items":[1 , 2 ,]}', ['1 ', ' 2 ']],
  ['{"it\\u0065ms":[1]}', ['1']],
  ['{"items":[1],"ITEMS":[2]}', ['2']],
  ['{"items":[]}', []],
  ['{"x":"items","items":["\\"",{}]}', ['"\\""', '{}']],
])('The items of %s are split', async (text, items) => {
  const split = await splitItems(text, 10);

  expect(split).toMatchObject({ items });
  expect(JSON.parse((split as { head: string }).head)).toMatchObject({});
});

it.each(['{"items":{"a":1}}', '[1,2]', '"', '{', '{"items":[1', ''])(
  'The body %s has no items',
  async (text) => {
    expect(await splitItems(text, 10)).toHaveProperty('error');
  },
);

it('A body of more than 1 MiB is read to the same draft as its parts', async () => {
  const items = Array.from({ length: 2_000 }, (_, n) => ({
    Reference: `PO-${n}`,
    customerId: 'd6bf25b7-e0a8-4f2d-a31b-97b55cfc774d',
    cart: {
      lineItems: [
        { catalogItemId: MODERN, quantity: 1, billingCycle: 'monthly', friendlyName: `"[${'é'.repeat(400)}` },
      ],
    },
  }));
  const large = await read(
    JSON.stringify({ reference: 'May', items, errorPolicy: 'stopOnFirstError' }, null, 1),
  );
  const small = await read(
    JSON.stringify({ reference: 'May', items: items.slice(0, 3), errorPolicy: 'stopOnFirstError' }),
  );

  if ('error' in large || 'error' in small) throw new Error('The body was rejected.');
  expect(large.body.draft.items).toHaveLength(2_000);
  expect(large.body.draft.errorPolicy).toBe('stopOnFirstError');
  const contents = ({ items: all }: typeof large.body.draft) => all.slice(0, 3).map(({ draft }) => draft);
  expect(contents(large.body.draft)).toEqual(contents(small.body.draft));
});

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

  const outcome = await read(body);
  isDone = true;
  await watch;

  expect(outcome).toMatchObject({ error: { name: 'invalidInput' } });
  expect(longestMs).toBeLessThan(1_000);
});

it(`The items of a body are counted up to one more than ${MAX_ITEMS}`, async () => {
  const split = await splitItems(fill('{"items":[', '{},', ']}').toString(), MAX_ITEMS);

  expect((split as { items: string[] }).items).toHaveLength(MAX_ITEMS + 1);
});
