/**
 * The moods of the ordering desk, one after the other at random: refusing for now, throttling, silent, and
 * broken off before or after the order was made; by turns it forgets which request ids it has seen.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { SeenRequest } from '../../local/ordering-desk/desk.ts';
import type { ScriptedAnswer } from '../../local/ordering-desk/script.ts';
import { direct } from '../e2e/deskClient.ts';
import { eventually, type Running } from '../e2e/running.ts';
import { type Random, shuffled } from '../support/random.ts';

const MOODS: ScriptedAnswer[] = [
  { status: 503 },
  { status: 429, retryAfterSeconds: 1 },
  'hang',
  'cutBefore',
  'acceptThenCut',
  'acceptThenHang',
];

/** What the desk calls an answer in its list of requests. */
const outcomeOf = (answer: ScriptedAnswer) => (typeof answer === 'object' ? String(answer.status) : answer);

export const OUTCOMES = MOODS.map(outcomeOf);

export interface Moody {
  /** How many orders were asked of the desk in each mood. */
  met: Map<string, number>;
  /** Resolves when another mood has been met. */
  next(): Promise<void>;
  /** The desk does its work from now on; it goes on forgetting request ids. */
  calm(): Promise<void>;
}

/** Puts the desk in one mood after the other, each for a part of a second and until it has been met. */
export function moody(service: Running, random: Random): Moody {
  const met = new Map<string, number>();
  let changes = 0;
  let isMoody = true;
  const going = (async () => {
    for (let left: ScriptedAnswer[] = []; isMoody; ) {
      if (left.length === 0) left = shuffled(MOODS, random);
      const mood = left[0] ?? 'hang';
      await direct(service, { rules: rulesOf(mood, random), idempotency: random.chance(0.5) });
      await sleep(300 + random.below(300));
      const seen = await takeSeen(service);
      for (const outcome of seen) met.set(outcome, (met.get(outcome) ?? 0) + 1);
      if (seen.includes(outcomeOf(mood))) {
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
    calm() {
      isMoody = false;
      return going;
    },
  };
}

/** The next orders meet the mood; now and then a look-up fails as well. */
function rulesOf(mood: ScriptedAnswer, random: Random) {
  const order = { match: { method: 'POST' }, times: 1 + random.below(3), answer: mood } as const;
  const lookUp = { match: { method: 'GET' }, times: 1, answer: random.pick(MOODS) } as const;
  return random.chance(0.3) ? [order, lookUp] : [order];
}

/** What became of the orders that were asked for since the last time, as far as it came of a mood. */
async function takeSeen({ deskUrl }: Running): Promise<string[]> {
  const seen = (await (await fetch(`${deskUrl}/desk/requests`)).json()) as SeenRequest[];
  await fetch(`${deskUrl}/desk/requests`, { method: 'DELETE' });
  return seen
    .filter(({ method, outcome }) => method === 'POST' && OUTCOMES.includes(outcome))
    .map(({ outcome }) => outcome);
}
