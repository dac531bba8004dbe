/** The body of a retry of a bulk order. */
import { describe, expect, it } from 'vitest';
import { readRetryRequest } from '../../shared/http/retryRequest.ts';

describe('The body of a retry', () => {
  const bytes = (text: string) => Buffer.from(text);

  it('A retry applies to the failed items, unless the body names other states', () => {
    expect(readRetryRequest(bytes(''))).toEqual({ states: ['failed'] });
    expect(readRetryRequest(bytes('{}'))).toEqual({ states: ['failed'] });
    expect(readRetryRequest(bytes('{"States":["cancelled"]}'))).toEqual({ states: ['cancelled'] });
  });

  it('The states of a retry are read in any spelling', () => {
    expect(readRetryRequest(bytes('{"states":["Failed","CANCELLED"]}'))).toEqual({
      states: ['failed', 'cancelled'],
    });
  });

  it.each([' \r\n', '\uFEFF', 'null', '{"states":null}'])('The retry body %j names no states', (text) => {
    expect(readRetryRequest(bytes(text))).toEqual({ states: ['failed'] });
  });

  it('A repeated state counts once, and a list of a million states is rejected before any is validated', () => {
    expect(readRetryRequest(bytes('{"states":["failed","failed"]}'))).toEqual({ states: ['failed'] });
    expect(readRetryRequest(bytes(`{"states":[${'1,'.repeat(500_000)}1]}`))).toMatchObject({
      error: { data: [{ path: 'states', message: 'must have at most 10 entries' }] },
    });
  });

  it.each(['[]', '7', '"failed"'])('The retry body %s is rejected with what it must be', (text) => {
    expect(readRetryRequest(bytes(text))).toMatchObject({
      error: { description: 'The body must be a retry: a JSON object.' },
    });
  });

  it.each(['{"states":["succeeded"]}', '{"states":[]}', '{"states":"failed"}', '[', '7'])(
    'The retry body %s is rejected',
    (text) => {
      expect(readRetryRequest(bytes(text))).toHaveProperty('error');
    },
  );
});
