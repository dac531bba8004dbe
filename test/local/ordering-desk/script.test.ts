/** Which rule of a script speaks, and for how long. */
import { expect, test } from 'vitest';
import { playScript, type ScriptRequest, scriptRequest } from '../../../local/ordering-desk/script.ts';

const sight = { method: 'POST', customer: 'c1', billingCycle: 'monthly', offers: ['offer-1', 'offer-2'] };

function play(request: ScriptRequest) {
  return playScript(scriptRequest.parse(request));
}

test('without a script the desk works, and is idempotent', () => {
  const script = playScript();

  expect(script.take(sight)).toBeUndefined();
  expect(script.idempotency).toBe(true);
});

test('a rule speaks as many times as it says, then the next one does', () => {
  const script = play([
    { times: 2, answer: { status: 503 } },
    { times: 1, answer: 'hang' },
  ]);

  expect([1, 2, 3, 4].map(() => script.take(sight))).toEqual([
    { status: 503 },
    { status: 503 },
    'hang',
    undefined,
  ]);
});

test('a rule that speaks of every third request lets the others by', () => {
  const script = play([{ times: 'always', every: 3, answer: 'hang' }]);

  expect([1, 2, 3, 4, 5, 6].map(() => script.take(sight))).toEqual([
    undefined,
    undefined,
    'hang',
    undefined,
    undefined,
    'hang',
  ]);
});

test('a rule for always never ends', () => {
  const script = play([{ times: 'always', answer: 'cutBefore' }]);

  expect(Array.from({ length: 50 }, () => script.take(sight))).toEqual(Array(50).fill('cutBefore'));
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
])('a rule that matches %j speaks: %s', (match, speaks) => {
  const script = play([{ match, times: 1, answer: 'hang' }]);

  expect(script.take(sight)).toBe(speaks ? 'hang' : undefined);
});

test('a rule that does not match is not used up', () => {
  const script = play([{ match: { customer: 'c2' }, times: 1, answer: 'hang' }]);
  script.take(sight);

  expect(script.take({ ...sight, customer: 'c2' })).toBe('hang');
});

test('a rule without a method leaves look-ups alone', () => {
  const script = play([{ times: 'always', answer: 'hang' }]);

  expect(script.take({ ...sight, method: 'GET' })).toBeUndefined();
});

test.each([
  [[{ times: 0, answer: 'hang' }]],
  [[{ times: 1, answer: 'explode' }]],
  [[{ times: 1, answer: { status: 201 } }]],
  [[{ times: 1, answer: 'hang', match: { costumer: 'c1' } }]],
  [{ idempotency: 'no' }],
])('%j is no script', (request) => {
  expect(scriptRequest.safeParse(request).success).toBe(false);
});
