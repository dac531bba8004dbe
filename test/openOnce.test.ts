/** Something that is opened on first use and kept. */
import { expect, it, vi } from 'vitest';
import { openOnce } from '../shared/openOnce.ts';

it('A result is opened once, by callers at the same time and later', async () => {
  const open = vi.fn(async () => ({}));
  const opened = openOnce(open);

  const [first, second] = await Promise.all([opened(), opened()]);

  expect(second).toBe(first);
  expect(await opened()).toBe(first);
  expect(open).toHaveBeenCalledTimes(1);
});

it('A result is opened again after a failure, which every waiting caller gets', async () => {
  const open = vi.fn(async () => 'opened').mockRejectedValueOnce(new Error('down'));
  const opened = openOnce(open);

  const outcomes = await Promise.allSettled([opened(), opened()]);

  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(await opened()).toBe('opened');
  expect(open).toHaveBeenCalledTimes(2);
});
