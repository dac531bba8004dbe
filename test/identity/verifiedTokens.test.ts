/** The cache of verified tokens: what it finds, when an entry ends, and that it is bounded. */
import { beforeEach, describe, expect, it } from 'vitest';
import { MAX_KEPT_MS, MAX_TOKENS, VerifiedTokens } from '../../shared/identity/verifiedTokens.ts';
import { KEY, MINUTE, NOW, SECOND } from '../support/samples.ts';

const CALLER = { tenant: KEY.tenant, app: 'a', principal: 'b', kind: 'app' as const, roles: [] };
const KEY_SET = { keys: [] };
const HOUR_LATER = NOW / SECOND + 3_600;

let clock: { wall: number; monotonic: number };
let tokens: VerifiedTokens;
beforeEach(() => {
  clock = { wall: NOW, monotonic: 0 };
  tokens = new VerifiedTokens({ wallMs: () => clock.wall, monotonicMs: () => clock.monotonic });
});
const find = (token: string, keySet: unknown = KEY_SET) => tokens.find(token, keySet);
function add(token: string, exp = HOUR_LATER, keySet: unknown = KEY_SET) {
  tokens.add(token, keySet, { caller: { ...CALLER, principal: token }, exp });
}
function pass(ms: number) {
  clock.wall += ms;
  clock.monotonic += ms;
}

describe('Verified tokens', () => {
  beforeEach(() => {
    find('none');
  });

  it('A verified token is found only by the whole token', () => {
    add('header.claims.signature');

    expect(find('header.claims.signature')).toEqual({ ...CALLER, principal: 'header.claims.signature' });
    for (const other of [
      'header.claims.signaturf',
      'header.claims.',
      'header.claims',
      'Header.claims.signature',
    ]) {
      expect(find(other), other).toBeUndefined();
    }
  });

  it('A verified token is found for five minutes and no longer', () => {
    add('a');

    pass(MAX_KEPT_MS - 1);
    expect(find('a')).toBeDefined();
    pass(1);
    expect(find('a')).toBeUndefined();
    expect(MAX_KEPT_MS).toBe(5 * MINUTE);
  });

  it('A verified token is not kept longer when it is used', () => {
    add('a');

    for (let minute = 0; minute < 5; minute++) {
      expect(find('a')).toBeDefined();
      pass(MINUTE);
    }
    expect(find('a')).toBeUndefined();
  });

  it('A verified token is not found from its `exp` on, whatever clock skew the verification tolerates', () => {
    add('a', NOW / SECOND + 10);

    pass(9_999);
    expect(find('a')).toBeDefined();
    pass(1);
    expect(find('a')).toBeUndefined();
  });

  it('A verified token ends after five minutes even if the time of day is set back', () => {
    add('a');

    clock.wall -= 60 * MINUTE;
    clock.monotonic += MAX_KEPT_MS;
    expect(find('a')).toBeUndefined();
  });

  it('A verified token is not found after the signing keys were fetched again, even if they are equal', () => {
    add('a');

    expect(find('a', { keys: [] })).toBeUndefined();
    expect(find('a', KEY_SET), 'nor with the former key set').toBeUndefined();
  });

  it('A token is not added when the signing keys were fetched again during its verification', () => {
    const later = { keys: [] };
    find('another', later);

    add('a', HOUR_LATER, KEY_SET);

    expect(find('a', later)).toBeUndefined();
  });

  it('The caller of a verified token is immutable', () => {
    add('a');

    expect(() => Object.assign(find('a') ?? {}, { tenant: 'another' })).toThrow(TypeError);
  });
});

it('A token is not added when no signing keys were known when its verification began', () => {
  add('a', HOUR_LATER, undefined);

  expect(find('a', undefined)).toBeUndefined();
});

it('The cache keeps a limited number of tokens and removes the oldest first', () => {
  find('none');
  for (let n = 0; n <= MAX_TOKENS; n++) add(`${n}`);

  expect(find('0')).toBeUndefined();
  expect(find('1')).toBeDefined();
  expect(find(`${MAX_TOKENS}`)).toBeDefined();
});
