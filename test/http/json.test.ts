/** Request bodies as JSON: strict but for what the documents themselves print. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { MAX_BODY_BYTES, readJson } from '../../shared/http/json.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const read = (text: string) => readJson(bytes(text));
const REFUSED = { error: { name: 'invalidInput', description: expect.stringMatching(/^The .*\.$/) } };

/** The body of a request as the documents print it. */
function printed(seed: 'create' | 'update' | 'checkout'): string {
  const text = readFileSync(new URL(`../fixtures/seeds/${seed}.txt`, import.meta.url), 'utf8');
  return text.slice(text.indexOf('\n\n') + 2);
}

describe('the bodies that the documents print', () => {
  it.each([
    ['create', { LineItems: [{ Id: 0, Quantity: 2 }], Attributes: { ObjectType: 'Cart' } }],
    ['update', { Id: 'b4c8fdea-cbe4-4d17-9576-13fcacbf9605', LineItems: [{ Quantity: 2 }] }],
    ['checkout', { LineItems: [{ Quantity: 3, Participants: null }], Attributes: { ObjectType: 'Cart' } }],
  ] as const)('are read: %s', (seed, json) => {
    expect(read(printed(seed))).toMatchObject({ json });
  });
});

describe('mending', () => {
  it.each([
    ['{"a":1,}', { a: 1 }],
    ['{"a":[1,2, ],\n}', { a: [1, 2] }],
    [' {\n { "a": 1 } \n} ', { a: 1 }],
    ['{{"a":[{"b":1},],},}', { a: [{ b: 1 }] }],
    ['{{"a":",]","b":"\\",}",}}', { a: ',]', b: '",}' }],
  ])('%j', (text, json) => {
    expect(read(text)).toEqual({ json });
  });

  it('leaves strings as they are', () => {
    expect(read('{"a":",}","b":"{{}}",}')).toEqual({ json: { a: ',}', b: '{{}}' } });
  });

  it.each([
    '{{{"a":1}}}',
    '{"a":1',
    '[1,,]',
    '{"a" 1}',
    "{'a':1}",
    '{"a":1}}',
    '{"a":1} x',
    '// c\n{}',
    'undefined',
  ])('does not guess at %j', (text) => {
    expect(read(text)).toMatchObject(REFUSED);
  });

  it.each([
    ['a string that never ends', `"${'\\"'.repeat(500_000)}`],
    ['commas without end', `[${', '.repeat(500_000)}`],
    ['quotes without end', '"'.repeat(1_000_001)],
    ['braces after two', `{{${'} '.repeat(500_000)}`],
    ['blanks after a comma', `[1,${' '.repeat(1_000_000)}x`],
  ])('takes linear time over %s', (_, text) => {
    const before = process.cpuUsage();

    expect(read(text)).toMatchObject(REFUSED);

    expect(process.cpuUsage(before).user / 1_000).toBeLessThan(2_000);
  });
});

describe('limits', () => {
  it('skips a byte-order mark', () => {
    expect(read('\uFEFF{"a":1}')).toEqual({ json: { a: 1 } });
  });

  it.each(['', ' \r\n\t', '\uFEFF'])('needs a body: %j', (text) => {
    expect(read(text)).toMatchObject(REFUSED);
  });

  it('refuses what is not UTF-8', () => {
    expect(readJson(new Uint8Array([0x22, 0xff, 0x22]))).toMatchObject(REFUSED);
  });

  it('takes a body of the largest size, and not a byte more', () => {
    const largest = `"${'x'.repeat(MAX_BODY_BYTES - 2)}"`;

    expect(read(largest)).toHaveProperty('json');
    expect(read(`${largest} `)).toMatchObject(REFUSED);
  });

  it('takes 32 levels, and not one more', () => {
    const nested = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;

    expect(read(nested(32))).toHaveProperty('json');
    expect(read(nested(33))).toMatchObject(REFUSED);
    expect(read('{"a":'.repeat(400_000).slice(0, MAX_BODY_BYTES))).toMatchObject(REFUSED);
  });

  it('does not count brackets inside strings', () => {
    expect(read(`{"a":"${'['.repeat(100)}\\"${'{'.repeat(100)}"}`)).toHaveProperty('json');
  });
});

it.each(['"success"', 'null', '0', 'true', '[]'])(
  'reads %s, which is JSON whatever it is good for',
  (text) => {
    expect(read(text)).toEqual({ json: JSON.parse(text) });
  },
);
