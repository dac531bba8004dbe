/** Which rule of a script applies, and how many times. */
import { expect, test } from 'vitest';
import { playScript, type ScriptRequest, scriptRequest } from '../../../local/ordering-desk/script.ts';

const request = { method: 'POST', customer: 'c1', billingCycle: 'monthly', offers: ['offer-1', 'offer-2'] };

function play(script: ScriptRequest) {
  return playScript(scriptRequest.parse(script));
}

test('Without rules, the desk serves every request and is idempotent', () => {
  const script = playScript();

  expect(script.take(request)).toBeUndefined();
  expect(script.idempotency).toBe(true);
});

test('A rule applies as many times as it states, then the next rule applies', () => {
  const script = play([
    { times: 2, answer: { status: 503 } },
    { times: 1, answer: 'hang' },
  ]);

  expect([1, 2, 3, 4].map(() => script.take(request))).toEqual([
    { status: 503 },
    { status: 503 },
    'hang',
    undefined,
  ]);
});

test('A rule with every: 3 applies to every third request', () => {
  const script = play([{ times: 'always', every: 3, answer: 'hang' }]);

  expect([1, 2, 3, 4, 5, 6].map(() => script.take(request))).toEqual([
    undefined,
    undefined,
    'hang',
    undefined,
    undefined,
    'hang',
  ]);
});

test('A rule with times: always is never used up', () => {
  const script = play([{ times: 'always', answer: 'cutBefore' }]);

  expect(Array.from({ length: 50 }, () => script.take(request))).toEqual(Array(50).fill('cutBefore'));
});

test.each([
  [{ customer: 'C1' }, true],
  [{ customer: 'c2' }, false],
  [{ offerId: 'offer-2' }, true],
  [{ offerId: 'offer-3' }, false],
  [{ billingCycle: 'monthly' }, true],
  [{ billingCycle: 'one_time' }, false],
  [{ billingCycle: 'monthly', offerId: 'offer-3' }, false],
  [{ method: 'GET' as const }, false],
  [{}, true],
])('A rule with the match %j applies to the request: %s', (match, applies) => {
  const script = play([{ match, times: 1, answer: 'hang' }]);

  expect(script.take(request)).toBe(applies ? 'hang' : undefined);
});

test('A rule that does not match is not used up', () => {
  const script = play([{ match: { customer: 'c2' }, times: 1, answer: 'hang' }]);
  script.take(request);

  expect(script.take({ ...request, customer: 'c2' })).toBe('hang');
});

test('A rule without a method does not apply to GET', () => {
  const script = play([{ times: 'always', answer: 'hang' }]);

  expect(script.take({ ...request, method: 'GET' })).toBeUndefined();
});

test.each([
  [[{ times: 0, answer: 'hang' }]],
  [[{ times: 1, answer: 'explode' }]],
  [[{ times: 1, answer: { status: 201 } }]],
  [[{ times: 1, answer: 'hang', match: { costumer: 'c1' } }]],
  [{ idempotency: 'no' }],
])('The script %j is rejected', (request) => {
  expect(scriptRequest.safeParse(request).success).toBe(false);
});
