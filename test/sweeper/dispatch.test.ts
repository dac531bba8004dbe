/** What a run of the sweeper keeps and what it dispatches, for any entries and any pages in the queue. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AnyDueEntry, DueEntries, DueRange } from '../../shared/ports.ts';
import {
  addEntries,
  DISPATCH_LIMITS,
  type DispatchLimits,
  isFull,
  isQueueStuck,
  pageMessageId,
  pageTimeMs,
  type Share,
} from '../../shared/sweeper/dispatch.ts';
import { KEY, MINUTE, NOW, SECOND } from '../support/samples.ts';

const LIMITS: DispatchLimits = { ...DISPATCH_LIMITS, ownEntries: 10, queuedPages: 5 };
const EMPTY: Share = { own: [], pages: [] };

const entriesAt = (...times: number[]): AnyDueEntry[] =>
  times.map((atMs, n) => ({
    ...KEY,
    cartId: `${KEY.cartId.slice(0, -3)}${String(n).padStart(3, '0')}`,
    atMs,
  }));
const contains = ({ shard, fromMs, toMs }: DueRange, ofShard: number, { atMs }: AnyDueEntry) =>
  shard === ofShard && atMs >= fromMs && atMs <= toMs;
const sharesOf = (
  reads: readonly DueEntries[],
  queued: readonly DueRange[],
  limits: DispatchLimits = LIMITS,
): Share => reads.reduce((share, read) => addEntries(share, read, queued, limits), EMPTY);

describe('the share of a run', () => {
  const time = fc.integer({ min: 0, max: 60 });
  const shard = fc.integer({ min: 0, max: 1 });
  const range = fc
    .tuple(shard, time, time)
    .map(([of, a, b]): DueRange => ({ shard: of, fromMs: Math.min(a, b), toMs: Math.max(a, b) }));
  const read = fc
    .tuple(shard, fc.array(time, { maxLength: 30 }))
    .map(([of, times]): DueEntries => ({ shard: of, entries: entriesAt(...times.sort((a, b) => a - b)) }));

  it('Each entry has one place: a page in the queue, the run, or a page that the run dispatches', () => {
    fc.assert(
      fc.property(fc.array(read, { maxLength: 6 }), fc.array(range, { maxLength: 4 }), (reads, queued) => {
        const limits = { ...LIMITS, queuedPages: 1_000 };
        // In the index, what is read later in a shard is due later.
        const inOrder = reads.map(({ shard: of, entries }, n) => ({
          shard: of,
          entries: entries.map((entry) => ({ ...entry, atMs: entry.atMs + 100 * n })),
        }));
        const { own, pages } = sharesOf(inOrder, queued, limits);

        for (const { shard: of, entries } of inOrder) {
          for (const entry of entries) {
            const places = [...queued, ...pages].filter((one) => contains(one, of, entry)).length;
            const isQueued = queued.some((one) => contains(one, of, entry));
            if (!isQueued) expect(places + (own.includes(entry) ? 1 : 0)).toBe(1);
            else
              expect([own.includes(entry), places]).toEqual([
                false,
                queued.filter((one) => contains(one, of, entry)).length,
              ]);
          }
        }
      }),
    );
  });

  it('The queue never holds more pages than the limit', () => {
    fc.assert(
      fc.property(fc.array(read, { maxLength: 20 }), fc.array(range, { maxLength: 8 }), (reads, queued) => {
        const { pages } = sharesOf(reads, queued);

        expect(pages.length).toBeLessThanOrEqual(Math.max(0, LIMITS.queuedPages - queued.length));
      }),
    );
  });

  it('A run takes the first entries for itself, and all that are due at the time of the last', () => {
    const entries = entriesAt(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 10, 10, 11, 12);

    const { own, pages } = sharesOf([{ shard: 0, entries }], []);

    expect(own).toEqual(entries.slice(0, 12));
    expect(pages).toEqual([{ shard: 0, fromMs: 11, toMs: 12 }]);
  });

  it('A page ends where another in the queue begins', () => {
    const limits = { ...LIMITS, ownEntries: 0 };
    const entries = entriesAt(1, 2, 3, 4, 5, 6);

    const { pages } = sharesOf([{ shard: 1, entries }], [{ shard: 1, fromMs: 3, toMs: 4 }], limits);

    expect(pages).toEqual([
      { shard: 1, fromMs: 1, toMs: 2 },
      { shard: 1, fromMs: 5, toMs: 6 },
    ]);
  });

  it('A run reads on until its own entries and the queue are full', () => {
    const queued = Array.from({ length: 5 }, (_, n) => ({ shard: 0, fromMs: n, toMs: n }));

    expect(isFull({ ...EMPTY, own: entriesAt(1) }, queued, LIMITS)).toBe(false);
    expect(isFull({ ...EMPTY, own: entriesAt(...Array<number>(10).fill(9)) }, queued, LIMITS)).toBe(true);
    expect(isFull({ ...EMPTY, own: entriesAt(...Array<number>(10).fill(9)) }, [], LIMITS)).toBe(false);
  });
});

it('The queue is stuck when one of its pages has waited for more than five minutes', () => {
  const page = { shard: 0, fromMs: 0, toMs: 1, enqueuedMs: NOW };

  expect(isQueueStuck([], NOW, DISPATCH_LIMITS)).toBe(false);
  expect(isQueueStuck([page], NOW + 5 * MINUTE, DISPATCH_LIMITS)).toBe(false);
  expect(isQueueStuck([page], NOW + 5 * MINUTE + 1, DISPATCH_LIMITS)).toBe(true);
});

it('The pages of a run are processed two a second, the first at once, and the last before the next run', () => {
  const times = [0, 1, 2, 119].map((n) => pageTimeMs(n, NOW, DISPATCH_LIMITS));

  expect(times).toEqual([undefined, NOW + 500, NOW + SECOND, NOW + 59_500]);
  expect(DISPATCH_LIMITS.queuedPages * DISPATCH_LIMITS.pageIntervalMs).toBeLessThanOrEqual(MINUTE);
});

it('The id of a page is the same in one run, and another in the next minute', () => {
  const page = { shard: 3, fromMs: NOW, toMs: NOW + SECOND };
  const id = pageMessageId(page, NOW);

  expect(pageMessageId({ ...page }, NOW)).toBe(id);
  expect(pageMessageId(page, NOW + MINUTE)).not.toBe(id);
  expect(pageMessageId({ ...page, toMs: NOW }, NOW)).not.toBe(id);
});
