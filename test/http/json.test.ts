/** Request bodies as JSON: strict, except for the syntax errors in the documentation's own samples. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { MAX_BODY_BYTES, readJson } from '../../shared/http/json.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const read = (text: string) => readJson(bytes(text));
const REJECTED = { error: { name: 'invalidInput', description: expect.stringMatching(/^The .*\.$/) } };

/** The body of a sample request of the documentation. */
function sampleBody(seed: 'create' | 'update' | 'checkout'): string {
  const text = readFileSync(new URL(`../fixtures/seeds/${seed}.txt`, import.meta.url), 'utf8');
  return text.slice(text.indexOf('\n\n') + 2);
}

describe('Bodies of the documentation', () => {
  it.each([
    ['create', { LineItems: [{ Id: 0, Quantity: 2 }], Attributes: { ObjectType: 'Cart' } }],
    ['update', { Id: 'b4c8fdea-cbe4-4d17-9576-13fcacbf9605', LineItems: [{ Quantity: 2 }] }],
    ['checkout', { LineItems: [{ Quantity: 3, Participants: null }], Attributes: { ObjectType: 'Cart' } }],
  ] as const)('The documentation’s sample body is accepted: %s', (seed, json) => {
    expect(read(sampleBody(seed))).toMatchObject({ json });
  });
});

describe('Tolerated syntax errors', () => {
  it.each([
    ['{"a":1,}', { a: 1 }],
    ['{"a":[1,2, ],\n}', { a: [1, 2] }],
    [' {\n { "a": 1 } \n} ', { a: 1 }],
    ['{{"a":[{"b":1},],},}', { a: [{ b: 1 }] }],
    ['{{"a":",]","b":"\\",}",}}', { a: ',]', b: '",}' }],
  ])('The text %j is accepted', (text, json) => {
    expect(read(text)).toEqual({ json });
  });

  it('Strings are left unchanged when syntax errors around them are corrected', () => {
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
  ])('The text %j is rejected', (text) => {
    expect(read(text)).toMatchObject(REJECTED);
  });

  it.each([
    ['an unterminated string', `"${'\\"'.repeat(500_000)}`],
    ['a million commas', `[${', '.repeat(500_000)}`],
    ['a million quotation marks', '"'.repeat(1_000_001)],
    ['closing braces after two opening ones', `{{${'} '.repeat(500_000)}`],
    ['a million blanks after a comma', `[1,${' '.repeat(1_000_000)}x`],
  ])('Rejecting %s takes linear time', (_, text) => {
    const before = process.cpuUsage();

    expect(read(text)).toMatchObject(REJECTED);

    expect(process.cpuUsage(before).user / 1_000).toBeLessThan(2_000);
  });
});

describe('Limits of a body', () => {
  it('A byte-order mark is ignored', () => {
    expect(read('\uFEFF{"a":1}')).toEqual({ json: { a: 1 } });
  });

  it.each(['', ' \r\n\t', '\uFEFF'])('An empty body is rejected: %j', (text) => {
    expect(read(text)).toMatchObject(REJECTED);
  });

  it('A body that is not UTF-8 is rejected', () => {
    expect(readJson(new Uint8Array([0x22, 0xff, 0x22]))).toMatchObject(REJECTED);
  });

  it('A body of the maximum size is accepted, and one byte more is rejected', () => {
    const largest = `"${'x'.repeat(MAX_BODY_BYTES - 2)}"`;

    expect(read(largest)).toHaveProperty('json');
    expect(read(`${largest} `)).toMatchObject(REJECTED);
  });

  it('A body with 32 levels of nesting is accepted, and one with 33 is rejected', () => {
    const nested = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;

    expect(read(nested(32))).toHaveProperty('json');
    expect(read(nested(33))).toMatchObject(REJECTED);
    expect(read('{"a":'.repeat(400_000).slice(0, MAX_BODY_BYTES))).toMatchObject(REJECTED);
  });

  it('Brackets inside strings do not count as nesting', () => {
    expect(read(`{"a":"${'['.repeat(100)}\\"${'{'.repeat(100)}"}`)).toHaveProperty('json');
  });
});

it.each(['"success"', 'null', '0', 'true', '[]'])(
  'The text %s is accepted as JSON, whatever its type',
  (text) => {
    expect(read(text)).toEqual({ json: JSON.parse(text) });
  },
);
