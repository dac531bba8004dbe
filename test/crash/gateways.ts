/**
 * The gateways of the crash suite, with the behavior that a scenario prescribes: the ledger, whose failures are made here,
 * and the real `partnerCenter` gateway in front of the ordering desk.
 */
import type { ScriptedAnswer, ScriptRequest } from '../../local/ordering-desk/script.ts';
import type { GroupOutcome, OrderingGateway } from '../../shared/orders/gateway.ts';
import { ledgerGateway } from '../../shared/orders/gateways/ledger.ts';
import { partnerCenterGateway } from '../../shared/orders/gateways/partnerCenter/gateway.ts';
import { MAX_PERMIT_WAIT_MS } from '../../shared/orders/gateways/partnerCenter/peer.ts';
import { type Deferral, outboundLimiter } from '../../shared/rateLimit/outboundLimiter.ts';
import { SECOND, TROUBLE } from '../support/samples.ts';
import type { Behavior, Scenario } from './scenario.ts';
import type { Stack } from './stack.ts';

export interface GatewayKind {
  name: string;
  /** Whether orders are made outside, in a separate ledger that proves them. */
  isOutside: boolean;
  /** The gateway for one run; what it remembers outlives a process. */
  open(stack: Stack, scenario: Pick<Scenario, 'behaviors' | 'perMinute'>): Promise<OrderingGateway>;
}

export const LEDGER: GatewayKind = {
  name: 'ledger',
  isOutside: false,
  open: async (stack, { behaviors = [], perMinute }) => {
    const turns = turnsOf(stack, perMinute);
    const left = behaviors.map(({ times }) => (times === 'always' ? Number.POSITIVE_INFINITY : times));
    return {
      async place(placement) {
        const turn = turns.take(placement.tenant, 1);
        if ('backInMs' in turn) return heldBy(turn);
        const n = behaviors.findIndex(
          ({ billingCycle }, at) => billingCycle === placement.order.billingCycle && (left[at] ?? 0) > 0,
        );
        const behavior = behaviors[n];
        if (!behavior) return ledgerGateway.place(placement);
        left[n] = (left[n] ?? 0) - 1;
        return answerOf(behavior);
      },
    };
  },
};

const heldBy = ({ backInMs: waitMs, by }: Deferral): GroupOutcome => ({
  kind: 'deferred',
  problem: TROUBLE,
  ambiguous: false,
  waitMs,
  by,
});

function answerOf({ status, retryAfterSeconds }: Behavior): GroupOutcome {
  const problem = { code: '800005', description: `The ledger answered ${status}.`, status: 409 };
  if (status === 'cut') return { kind: 'retry', problem, ambiguous: true };
  if (status === 400) return { kind: 'refused', problem };
  if (retryAfterSeconds) return heldBy({ backInMs: retryAfterSeconds * SECOND, by: 'pause' });
  return { kind: 'retry', problem, ambiguous: false };
}

/** For so long the desk does not list a new order, which is a little less than the gateway allows for. */
const LIST_DELAY_SECONDS = 40;

/**
 * The desk knows a request id again, or it makes an order for every request that it is sent; it gives an order its
 * reference, or it cannot be found again. Its list is late.
 */
export const partnerCenter = (desk: { idempotency: boolean; echo: boolean }): GatewayKind => ({
  name: `partnerCenter${desk.idempotency ? '' : ' without idempotency'}${desk.echo ? '' : ' without references'}`,
  isOutside: true,
  async open(stack, { behaviors = [], perMinute }) {
    const rules = behaviors.map(({ billingCycle, times, ...answer }) => ({
      match: billingCycle === undefined ? { method: 'GET' as const } : { billingCycle },
      times,
      answer: scripted(answer),
    }));
    await stack.play({ rules, listDelaySeconds: LIST_DELAY_SECONDS, ...desk } satisfies ScriptRequest);
    return partnerCenterGateway({
      url: stack.deskUrl,
      token: async () => 'token',
      timeoutMs: 5_000,
      listDelayMs: (LIST_DELAY_SECONDS + 10) * SECOND,
      limiter: turnsOf(stack, perMinute),
      sleep: async (ms) => stack.clock.advance(ms),
    });
  },
});

const scripted = ({
  status,
  retryAfterSeconds,
}: Pick<Behavior, 'status' | 'retryAfterSeconds'>): ScriptedAnswer =>
  status === 'cut'
    ? 'acceptThenCut'
    : { status, ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }) };

/** By the clock of the test. Without a limit nothing is ever held back. */
const turnsOf = ({ clock }: Stack, perMinute = 0) =>
  outboundLimiter({ perMinute, maxWaitMs: MAX_PERMIT_WAIT_MS }, clock.now, () => 0);
