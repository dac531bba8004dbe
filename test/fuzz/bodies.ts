/**
 * Hostile request bodies: those of three SDKs with edits, with bytes changed, and what has nothing to do with
 * a cart. Every one shrinks towards the untouched original or towards nothing.
 */
import fc, { type Arbitrary } from 'fast-check';
import dotnet from '../fixtures/wire/dotnet.json' with { type: 'json' };
import java from '../fixtures/wire/java.json' with { type: 'json' };
import psdk from '../fixtures/wire/psdk.json' with { type: 'json' };
import { type Edit, edited, textOf } from './edits.ts';

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

const RECORDED = [dotnet, java, psdk]
  .flatMap(({ requests }) => requests.map(({ body }) => body))
  .filter((body) => body.startsWith('{'));

/** Words that mean something to a cart, to JavaScript or to storage. */
const WORDS = [
  ...['', ' ', '\u0000', '\ud800', '\u{1F600}', '\ufeff', '"', '\\', '\u2028', '[object Object]'],
  ...['__proto__', 'constructor', 'prototype', 'toString', 'length', 'toJSON', 'then'],
  ...['one_time', 'OneTime', 'ONE-TIME', 'unknown', 'triennial', '3', 'P1Y', 'p3y', 'P1000Y', '1Year'],
  ...['DG7GMGF0DWTL:0001:DG7GMGF0DSJB', '195416c1-3447-423a-b37b-ee59a99a19c4', 'MS-AZR-0145P', 'a:b', ':'],
  ...['USD', 'eur', 'XXX', 'usd ', '0001-01-01T00:00:00', '9999-12-31', '2027-02-30', '275760-09-13'],
  ...['additional_transaction_reseller', 'TransactionReseller', '$return', "'; drop", '../..', '%00'],
  ...['a'.repeat(1_024), 'a'.repeat(1_025), '\u{1F600}'.repeat(512), 'x'.repeat(40_000)],
];
const NUMBERS = [0, -0, -1, 1, 1.5, 2, 2_147_483_647, 2_147_483_648, 2 ** 53, 1e21, 1e308, 5e-324];
const LITERALS = ['1e999', '-1e999', '1'.repeat(400), '0.1e-400', '-0', '2.0', '1E2'].map(
  (literal) => `#number:${literal}`,
);
const NAMES = ['lineItems', 'LINEITEMS', 'catalogId', 'addOnItems', 'AdditionalPartnerIdsOnRecord'];

const hostile = fc.oneof(
  fc.constantFrom<unknown>(null, true, false, [], {}, [[]], [null], { '': '' }, ...NUMBERS),
  fc.constantFrom<unknown>(...WORDS, ...LITERALS),
  fc.string({ unit: 'binary' }),
  fc.jsonValue({ maxDepth: 3 }),
);
const name = fc.oneof(fc.constantFrom(...WORDS, ...NAMES), fc.string());

const edit: Arbitrary<Edit> = fc.record({
  at: fc.nat(),
  how: fc.oneof(
    { weight: 6, arbitrary: fc.record({ kind: fc.constant('set' as const), value: hostile }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('remove' as const) }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('rename' as const), name }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('again' as const), value: hostile }) },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constant('wrap' as const), name: fc.option(name, { nil: undefined }) }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constant('repeat' as const), times: fc.constantFrom(2, 20, 100, 300) }),
    },
  ),
});

/** A body of an SDK, with some edits. */
const mutated = fc
  .tuple(fc.constantFrom(...RECORDED), fc.array(edit, { minLength: 1, maxLength: 3 }))
  .map(([text, edits]) => utf8(textOf(edits.reduce(edited, JSON.parse(text)))));

/** A body of an SDK, with bytes overwritten, cut out or put in. */
const broken = fc
  .tuple(fc.constantFrom(...RECORDED), fc.nat(), fc.nat({ max: 40 }), fc.uint8Array({ maxLength: 6 }))
  .map(([text, at, cut, bytes]) => {
    const whole = utf8(text);
    const from = at % whole.length;
    return Buffer.concat([whole.subarray(0, from), bytes, whole.subarray(from + cut)]);
  });

const nested = fc
  .tuple(
    fc.constantFrom(['[', ']'], ['{"lineItems":', '}'], ['{"LineItems":[{"AddonItems":[', ']}]}']),
    fc.nat({ max: 5_000 }),
  )
  .map(([[opening = '', closing = ''], levels]) => utf8(opening.repeat(levels) + closing.repeat(levels)));
const deepInside = fc.oneof(fc.nat({ max: 60 }), fc.nat({ max: 5_000 })).map((levels) => {
  const deep = `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;
  const [text = ''] = RECORDED;
  return utf8(text.replace('"RenewsTo":null', `"scheduledNextTermInstructions":${deep}`));
});
const wide = fc
  .tuple(fc.constantFrom('{},', 'null,', '{"addonItems":[{}]},'), fc.nat({ max: 5_000 }))
  .map(([item, times]) => utf8(`{"lineItems":[${item.repeat(times)}{}]}`));
const otherEncodings = fc
  .tuple(
    fc.constantFrom(...RECORDED),
    fc.constantFrom('utf16le' as const, 'latin1' as const, 'base64' as const),
  )
  .map(([text, encoding]): Uint8Array => Buffer.from(text, encoding));
const marked = fc.constantFrom(...RECORDED).map((text) => utf8(`\ufeff${text}`));
const huge = fc.constantFrom(...RECORDED).map((text) => utf8(text.padEnd(1_100_000)));

/** Any hostile body. */
export const body: Arbitrary<Uint8Array> = fc.oneof(
  { weight: 60, arbitrary: mutated },
  { weight: 12, arbitrary: broken },
  { weight: 8, arbitrary: fc.json().map(utf8) },
  { weight: 5, arbitrary: fc.uint8Array({ maxLength: 200 }) },
  { weight: 3, arbitrary: deepInside },
  { weight: 2, arbitrary: nested },
  { weight: 2, arbitrary: wide },
  { weight: 3, arbitrary: otherEncodings },
  { weight: 2, arbitrary: marked },
  { weight: 1, arbitrary: huge },
);
