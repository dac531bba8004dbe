/** The body of a retry of a bulk order. */
import { describe, expect, it } from 'vitest';
import { readRetryRequest } from '../../shared/http/retryRequest.ts';

describe('a retry', () => {
  const bytes = (text: string) => Buffer.from(text);

  it('is about the failed items, unless it says otherwise', () => {
    expect(readRetryRequest(bytes(''))).toEqual({ states: ['failed'] });
    expect(readRetryRequest(bytes('{}'))).toEqual({ states: ['failed'] });
    expect(readRetryRequest(bytes('{"States":["cancelled"]}'))).toEqual({ states: ['cancelled'] });
  });

  it.each(['{"states":["succeeded"]}', '{"states":[]}', '{"states":"failed"}', '[', '7'])(
    'that says %s is refused',
    (text) => {
      expect(readRetryRequest(bytes(text))).toHaveProperty('error');
    },
  );
});
