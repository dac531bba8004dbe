/** An erasure in a response (docs/contract.md 26.3). It does not repeat the customer id. */
import type { Erasure } from '../erasure/erasure.ts';
import { timestamp } from '../time.ts';

export const erasureBody = (erasure: Erasure) => {
  const { erasureId, state, waitingFor, requestedMs, untilMs, completedMs, counts, receipt } = erasure;
  return {
    id: erasureId,
    status: state,
    ...(waitingFor === undefined ? {} : { waitingFor }),
    requestedTimestamp: timestamp(requestedMs),
    coversUntilTimestamp: timestamp(untilMs),
    ...(completedMs === undefined ? {} : { completedTimestamp: timestamp(completedMs) }),
    found: counts,
    ...(receipt === undefined ? {} : { receipt }),
  };
};
