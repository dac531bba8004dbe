/**
 * The gateways of the crash suite, in the moods of a scenario: the ledger, which makes no trouble of its own
 * and is given some, and the real `partnerCenter` gateway in front of the ordering desk.
 */
import type { ScriptRequest } from '../../local/desk/script.ts';
import type { GroupOutcome } from '../../shared/checkout/conclude.ts';
import type { OrderingGateway } from '../../shared/orders/gateway.ts';
import { ledgerGateway } from '../../shared/orders/gateways/ledger.ts';
import { partnerCenterGateway } from '../../shared/orders/gateways/partnerCenter/gateway.ts';
import type { Mood } from './scenario.ts';
import type { Stack } from './stack.ts';

export interface GatewayKind {
  name: string;
  /** Whether orders are made outside, where a ledger of its own bears witness. */
  isOutside: boolean;
  /** The gateway for one run; what it remembers outlives a process. */
  open(stack: Stack, moods: readonly Mood[]): Promise<OrderingGateway>;
}

export const LEDGER: GatewayKind = {
  name: 'ledger',
  isOutside: false,
  open: async (_, moods) => {
    const left = moods.map(({ times }) => (times === 'always' ? Number.POSITIVE_INFINITY : times));
    return {
      async place(placement) {
        const n = moods.findIndex(
          ({ billingCycle }, at) => billingCycle === placement.order.billingCycle && (left[at] ?? 0) > 0,
        );
        const mood = moods[n];
        if (!mood) return ledgerGateway.place(placement);
        left[n] = (left[n] ?? 0) - 1;
        return answerOf(mood);
      },
    };
  },
};

function answerOf({ status }: Mood): GroupOutcome {
  const problem = { code: '800005', description: `The ledger answered ${status}.`, status: 409 };
  return status === 503 ? { kind: 'retry', problem, ambiguous: false } : { kind: 'refused', problem };
}

/** The desk knows a request id again; one that does not makes an order for every request that it is sent. */
export const partnerCenter = (desk: { idempotency: boolean }): GatewayKind => ({
  name: desk.idempotency ? 'partnerCenter' : 'partnerCenter without idempotency',
  isOutside: true,
  async open(stack, moods) {
    const rules = moods.map(({ billingCycle, times, status }) => ({
      match: { billingCycle },
      times,
      answer: { status },
    }));
    await stack.play({ rules, ...desk } satisfies ScriptRequest);
    return partnerCenterGateway({ url: stack.deskUrl, token: async () => 'token', timeoutMs: 5_000 });
  },
});
