/** Which worker takes a lane, and what a due entry of a bulk order leads to. */
import { describe, expect, it } from 'vitest';
import { decideBulkDueActions, nextBulkCheckMs } from '../../shared/bulk/dueActions.ts';
import { decideLease, type Lane, newLane } from '../../shared/bulk/lane.ts';
import { sampleBulkOrder } from '../contract/samples.ts';
import { LIFECYCLE, MINUTE, NOW, SECOND } from '../support/samples.ts';

const RUNNING = sampleBulkOrder(NOW, { accepted: 4 });
const STOPPING = sampleBulkOrder(NOW, { accepted: 4, state: 'cancelling' });
const leaseOf = (lane: Partial<Lane>, { order = RUNNING, length = 2 } = {}) =>
  decideLease(order, { lane: { ...newLane(0), ...lane }, length }, NOW);

describe('the lease of a lane', () => {
  it('A worker acquires a lane that no other worker leases', () => {
    expect(leaseOf({})).toEqual({ kind: 'acquire' });
  });

  it('A worker waits for the end of the lease of another worker', () => {
    expect(leaseOf({ leaseUntilMs: NOW + MINUTE })).toMatchObject({
      kind: 'wait',
      untilMs: expect.toSatisfy((untilMs: number) => untilMs > NOW + MINUTE),
    });
  });

  it('A worker acquires a lane whose lease has ended', () => {
    expect(leaseOf({ leaseUntilMs: NOW })).toEqual({ kind: 'acquire' });
  });

  it('A worker waits when nothing is due in the lane yet', () => {
    expect(leaseOf({ nextMs: NOW + MINUTE, cursor: 2 })).toMatchObject({
      kind: 'wait',
      untilMs: NOW + MINUTE,
    });
  });

  it.each<{ news: string; lane: Partial<Lane>; order: typeof RUNNING }>([
    { news: 'the bulk order is to stop', lane: {}, order: STOPPING },
    { news: 'a retry has begun', lane: { generation: 0 }, order: RUNNING },
  ])('A worker acquires a lane in which nothing is due when $news', ({ lane, order }) => {
    expect(leaseOf({ ...lane, nextMs: NOW + MINUTE, cursor: 2 }, { order })).toEqual({ kind: 'acquire' });
  });
});

describe('due entries of bulk orders', () => {
  const policy = LIFECYCLE;
  const decide = (lane: Partial<Lane>, order = RUNNING) =>
    decideBulkDueActions(
      { order, lanes: [{ lane: { ...newLane(0), ...lane }, length: 2 }] },
      NOW,
      NOW,
      policy,
    );

  it('The due entry of a bulk order that was never stored purges its list', () => {
    expect(decideBulkDueActions(undefined, NOW, NOW, policy)).toEqual({ actions: [{ kind: 'purge' }] });
  });

  it('The due entry of a bulk order whose lanes are all drained ends the bulk order and schedules another check', () => {
    expect(decide({ cursor: 2 })).toEqual({
      actions: [{ kind: 'finish' }],
      nextMs: nextBulkCheckMs(NOW, policy),
    });
  });

  it('A lane is sent a message when no worker has leased it for half a minute', () => {
    expect(decide({ leaseUntilMs: NOW - 31 * SECOND }).actions).toEqual([{ kind: 'resend', lanes: [0] }]);
  });

  it('A lane is sent no message while a worker may still be about to lease it', () => {
    expect(decide({ leaseUntilMs: NOW - 29 * SECOND })).toEqual({
      actions: [],
      nextMs: nextBulkCheckMs(NOW, policy),
    });
  });
});
