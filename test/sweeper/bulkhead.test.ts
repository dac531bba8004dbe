/** Permits of the sweeper's bulkheads. */
import { afterEach, expect, it, vi } from 'vitest';
import { bulkhead, heldPermit } from '../../shared/sweeper/bulkhead.ts';

const HOLD_MS = 1_000;

afterEach(() => {
  vi.useRealTimers();
});

/** Whether a promise settles without any timer. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let settled = false;
  const settle = () => {
    settled = true;
  };
  promise.then(settle, settle);
  for (let turns = 0; turns < 10; turns++) await Promise.resolve();
  return settled;
}

it('A bulkhead gives its permits out in the order of the requests', async () => {
  const permits = bulkhead(1, HOLD_MS);
  const order: string[] = [];
  await permits.acquire();
  const second = permits.acquire().then(() => order.push('second'));
  const third = permits.acquire().then(() => order.push('third'));

  expect(permits.waiting).toBe(2);
  permits.release();
  await second;
  permits.release();
  await third;

  expect(order).toEqual(['second', 'third']);
});

it('A move returns the first permit before the second one is free, so that others can use it', async () => {
  const [first, second] = [bulkhead(1, HOLD_MS), bulkhead(1, HOLD_MS)];
  await first.acquire();
  await second.acquire();
  const permit = heldPermit(first);

  const move = permit.moveTo(second);

  expect(await isSettled(move)).toBe(false);
  expect(await isSettled(first.acquire())).toBe(true);
  second.release();
  await move;
  permit.close();
});

it('A move behind a thousand others keeps the first permit, which bounds how many entries wait', async () => {
  const [first, second] = [bulkhead(1, HOLD_MS), bulkhead(1, HOLD_MS)];
  await first.acquire();
  await second.acquire();
  const others = Array.from({ length: 1_000 }, () => second.acquire());
  const permit = heldPermit(first);

  const move = permit.moveTo(second);

  const next = first.acquire();
  expect(await isSettled(next)).toBe(false);
  for (let n = 0; n <= others.length; n++) second.release();
  await move;
  expect(await isSettled(next)).toBe(true);
  permit.close();
});

it('A move to the bulkhead whose permit is held changes nothing', async () => {
  const only = bulkhead(1, HOLD_MS);
  await only.acquire();
  const permit = heldPermit(only);

  await permit.moveTo(only);

  expect(await isSettled(only.acquire())).toBe(false);
  permit.close();
});

it('An entry that is closed while it waits returns the permit that it gets, and its work does not start', async () => {
  const [first, second] = [bulkhead(1, HOLD_MS), bulkhead(1, HOLD_MS)];
  await first.acquire();
  await second.acquire();
  const permit = heldPermit(first);
  const move = permit.moveTo(second);

  permit.close();
  second.release();

  await expect(move).rejects.toThrow('The entry has timed out.');
  expect(await isSettled(second.acquire())).toBe(true);
});

it('A permit expires when it is held for longer than the bulkhead allows, and not once it is closed', async () => {
  vi.useFakeTimers();
  const permits = bulkhead(2, HOLD_MS);
  await permits.acquire();
  await permits.acquire();
  const [slow, closed] = [heldPermit(permits), heldPermit(permits)];
  closed.close();

  await vi.advanceTimersByTimeAsync(HOLD_MS);

  await expect(slow.expired).rejects.toThrow(`No progress within ${HOLD_MS} ms.`);
  expect(await isSettled(closed.expired)).toBe(false);
  slow.close();
});
