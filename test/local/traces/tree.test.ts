/** The tree of a trace, as `npm start -- --traces` prints it. */
import { expect, it } from 'vitest';
import { isCheckoutTrace } from '../../../local/traces/collector.ts';
import type { Span } from '../../../local/traces/otlp.ts';
import { traceTree } from '../../../local/traces/tree.ts';

const span = (spanId: string, parentSpanId: string | undefined, rest: Partial<Span> = {}): Span => ({
  traceId: 't',
  spanId,
  parentSpanId,
  name: spanId,
  kind: 'internal',
  beganMs: 1_000,
  endedMs: 1_010,
  attributes: {},
  isError: false,
  links: [],
  ...rest,
});

it('The tree shows each span below its parent, in the order in which they began', () => {
  const spans = [
    span('gateway', 'process', {
      beganMs: 1_030,
      endedMs: 1_050,
      attributes: { 'cartwright.outcome': 'placed' },
    }),
    span('process', 'send', {
      beganMs: 1_020,
      endedMs: 1_060,
      attributes: { 'cartwright.cart.id': 'c', 'cartwright.checkout.attempt': 2, 'error.type': 'Busy' },
    }),
    span('event', 'request', { beganMs: 1_100, endedMs: 1_110 }),
    span('send', 'request', { beganMs: 1_005 }),
    span('request', 'of the caller', { endedMs: 1_200, attributes: { 'http.response.status_code': 201 } }),
  ];

  expect(traceTree(spans)).toBe(
    [
      'Trace t, cart c',
      'request               +0 ms    200 ms  status 201',
      '├─ send               +5 ms      5 ms',
      '│  └─ process        +20 ms     40 ms  attempt 2, error Busy',
      '│     └─ gateway     +30 ms     20 ms  placed',
      '└─ event            +100 ms     10 ms',
      '',
    ].join('\n'),
  );
});

it('The tree shows a trace whose first span is missing', () => {
  expect(
    traceTree([span('a', 'missing'), span('b', 'missing', { beganMs: 1_001 })]).split('\n'),
  ).toHaveLength(4);
  expect(traceTree([])).toBe('');
});

it.each([
  ['process checkout', true],
  ['bulk item', true],
  ['sweepDue', false],
])('A trace with the span %j belongs to a checkout: %s', (name, expected) => {
  expect(isCheckoutTrace([span('a', undefined, { name })])).toBe(expected);
});
