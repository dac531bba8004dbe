/** Waits until the queue is empty and judges what a storm has left: every write, the tables, the ledger, the events. */
import { QUEUES } from '../../shared/messaging/queueNames.ts';
import { eventually } from '../e2e/running.ts';
import { brokenAtRest } from '../support/evidence.ts';
import { readTables, takeEvents } from '../support/remains.ts';
import { type Ordered, orderedOf, type Tally, tally } from '../support/tally.ts';
import { type Gateway, THROWN } from './instance.ts';
import type { Storm } from './storm.ts';

export interface Judgement extends Tally {
  /** What is wrong, in words; empty when nothing is. */
  problems: string[];
}

const PASSES_WITHIN_MS = 300_000;

/** The judgement of a storm that has passed; throws when it does not pass within minutes. */
export async function judge(
  { stack, witness, met }: Storm,
  gateway: Gateway,
  promised: readonly Ordered[],
): Promise<Judgement> {
  const { broker, storage } = stack;
  await eventually(async () => {
    const { active, locked, scheduled } = broker.counts(QUEUES.checkout);
    return active + locked + scheduled === 0;
  }, PASSES_WITHIN_MS);
  const remains = await readTables(storage.connectionString);
  const made = gateway === 'partnerCenter' ? await stack.ledger() : undefined;
  const counted = tally(
    promised,
    made ? made.map(({ order }) => orderedOf(order)) : remains.orders.map(orderedOf),
  );
  const { deadLettered } = broker.counts(QUEUES.checkout);
  return {
    ...counted,
    problems: [
      ...counted.lost.map((what) => `lost: ${what}`),
      ...counted.doubled.map((what) => `one too many: ${what}`),
      ...(deadLettered > 0 ? [`${deadLettered} messages are dead letters`] : []),
      ...[...met.keys()].filter((what) => what.startsWith(THROWN)),
      ...witness.problems,
      ...brokenAtRest({
        ...witness,
        ...remains,
        made,
        events: await takeEvents(broker.connectionString),
      }),
    ],
  };
}
