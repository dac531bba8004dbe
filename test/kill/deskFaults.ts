/**
 * Injects faults into the ordering desk, one after the other at random: 503, throttling, silence, and connections that are
 * cut before or after the order was made. Half of the time it forgets which request ids it has seen.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { SeenRequest } from '../../local/ordering-desk/desk.ts';
import type { ScriptedAnswer } from '../../local/ordering-desk/script.ts';
import { direct } from '../e2e/deskClient.ts';
import { eventually, type Running } from '../e2e/running.ts';
import { type Random, shuffled } from '../support/random.ts';

const FAULTS: ScriptedAnswer[] = [
  { status: 503 },
  { status: 429, retryAfterSeconds: 1 },
  'hang',
  'cutBefore',
  'acceptThenCut',
  'acceptThenHang',
];

/** What the desk calls an answer in its list of requests. */
const outcomeOf = (answer: ScriptedAnswer) => (typeof answer === 'object' ? String(answer.status) : answer);

export const OUTCOMES = FAULTS.map(outcomeOf);

export interface DeskFaults {
  /** How many orders met each fault. */
  met: Map<string, number>;
  /** Resolves when an order has met another fault. */
  next(): Promise<void>;
  /** Ends the faults. */
  stop(): Promise<void>;
}

/** Injects one fault after the other, each for a part of a second and until an order has met it. */
export function injectFaults(service: Running, random: Random): DeskFaults {
  const met = new Map<string, number>();
  let changes = 0;
  let isActive = true;
  const going = (async () => {
    for (let left: ScriptedAnswer[] = []; isActive; ) {
      if (left.length === 0) left = shuffled(FAULTS, random);
      const fault = left[0] ?? 'hang';
      await direct(service, { rules: rulesOf(fault, random), idempotency: random.chance(0.5) });
      await sleep(300 + random.below(300));
      const seen = await takeSeen(service);
      for (const outcome of seen) met.set(outcome, (met.get(outcome) ?? 0) + 1);
      if (seen.includes(outcomeOf(fault))) {
        left = left.slice(1);
        changes += 1;
      }
    }
    await direct(service, { idempotency: false });
  })();
  return {
    met,
    async next() {
      const before = changes;
      await eventually(async () => changes > before, 60_000);
    },
    stop() {
      isActive = false;
      return going;
    },
  };
}

/** The next orders meet the fault; now and then a look-up fails as well. */
function rulesOf(fault: ScriptedAnswer, random: Random) {
  const order = { match: { method: 'POST' }, times: 1 + random.below(3), answer: fault } as const;
  const lookUp = { match: { method: 'GET' }, times: 1, answer: random.pick(FAULTS) } as const;
  return random.chance(0.3) ? [order, lookUp] : [order];
}

/** The faults that orders have met since the last call. */
async function takeSeen({ deskUrl }: Running): Promise<string[]> {
  const seen = (await (await fetch(`${deskUrl}/desk/requests`)).json()) as SeenRequest[];
  await fetch(`${deskUrl}/desk/requests`, { method: 'DELETE' });
  return seen
    .filter(({ method, outcome }) => method === 'POST' && OUTCOMES.includes(outcome))
    .map(({ outcome }) => outcome);
}
