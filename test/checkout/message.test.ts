/** Ids of checkout messages: the broker drops a second message with the same id. */
import { expect, it } from 'vitest';
import { attemptMessageId, resendMessageId } from '../../shared/checkout/message.ts';

const ATTEMPT = { id: 'c', attempt: 2 };

it('The message id of an attempt is the same for every sender', () => {
  expect(attemptMessageId(ATTEMPT)).toBe('c.2');
});

it('The message id of a resend depends on the attempt, the reason and the time, and on nothing else', () => {
  const ids = [
    attemptMessageId(ATTEMPT),
    attemptMessageId({ ...ATTEMPT, attempt: 21 }),
    resendMessageId(ATTEMPT, 'watchdog', 1),
    resendMessageId(ATTEMPT, 'watchdog', 2),
    resendMessageId(ATTEMPT, 'wait', 1),
    resendMessageId(ATTEMPT, 'unavailable', 1),
    resendMessageId({ ...ATTEMPT, attempt: 1 }, 'watchdog', 1),
  ];

  expect(new Set(ids).size).toBe(ids.length);
  expect(resendMessageId(ATTEMPT, 'wait', 1)).toBe(ids[4]);
});

it('The longest message id fits the 128 characters that the broker allows', () => {
  const id = '00000000-0000-8000-8000-000000000000';

  expect(resendMessageId({ id, attempt: 1_000 }, 'unavailable', 8_640_000_000_000_000).length).toBeLessThan(
    128,
  );
});
