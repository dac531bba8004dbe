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

  it.each(['{"states":["succeeded"]}', '{"states":[]}', '{"states":"failed"}', '[', '7'])(
    'The retry body %s is rejected',
    (text) => {
      expect(readRetryRequest(bytes(text))).toHaveProperty('error');
    },
  );
});
