/**
 * What goes wrong in a simulation, drawn from its seed: how long effects take, which of them fail and how.
 * After the end of the chaos nothing goes wrong any more, so that everything must come to rest.
 */
import { unanswered } from '../support/intercept.ts';
import type { Effect } from '../support/ports.ts';
import type { Random } from '../support/random.ts';
import { MINUTE, SECOND } from '../support/samples.ts';
import type { Kernel } from './kernel.ts';

export type Fault =
  | 'throttled'
  | 'answerLost'
  | 'doneTwice'
  | 'crash'
  | 'lockLost'
  | 'queueLost'
  | 'completionLost';

/** What has happened, and how often: errors by name, and whatever else must not be missing from the histories. */
export type Counts = Map<string, number>;

/** One more of that. */
export const count = (counts: Counts, what: string): void =>
  void counts.set(what, (counts.get(what) ?? 0) + 1);

export interface Chaos {
  /** How far the clocks of workers may be off, either way, in milliseconds. */
  skewMs: number;
  untilMs: number;
  /** Whether this history is one in which nothing goes wrong but at the gateway. */
  isCalm: boolean;
  /** How long a message or an answer is on its way, in milliseconds. */
  latencyMs(effect: Effect): number;
  /** Whether this goes wrong now; counted when it does. */
  happens(fault: Fault, odds?: number): boolean;
  /** Carries an effect out, with what goes wrong about it. */
  carryOut(effect: Effect, run: () => Promise<unknown>): Promise<() => unknown>;
}

const ODDS: Record<Fault, number> = {
  throttled: 0.05,
  answerLost: 0.05,
  doneTwice: 0.03,
  crash: 1,
  lockLost: 0.15,
  queueLost: 0.3,
  completionLost: 0.1,
};
const CALM_CHANCE = 0.15;
/** Of the calm histories, those in which the storage client repeats writes whose responses were lost, and then conflict with themselves. */
const REPEATED_WRITES_CHANCE = 0.4;
const REPEATED_WRITES_ODDS = 0.2;
const SLOW_GATEWAY_CHANCE = 0.2;
/** A gateway of which hardly an answer comes home, and how many do not. */
const MUTE_GATEWAY_CHANCE = 0.1;
const MUTE_ODDS = 0.8;

/** Chaos from now on for so long; one history in ten is calm. */
export function newChaos(random: Random, kernel: Kernel, counts: Counts, lastsMs: number): Chaos {
  const isCalm = random.chance(CALM_CHANCE);
  const areWritesRepeated = isCalm && random.chance(REPEATED_WRITES_CHANCE);
  const isGatewaySlow = !isCalm && random.chance(SLOW_GATEWAY_CHANCE);
  const isGatewayMute = !isCalm && random.chance(MUTE_GATEWAY_CHANCE);
  const untilMs = kernel.now() + lastsMs;
  const happens = (fault: Fault, odds = ODDS[fault]) => {
    const isPossible = !isCalm || (areWritesRepeated && fault === 'doneTwice');
    const hit = isPossible && kernel.now() < untilMs && random.chance(odds);
    if (hit) count(counts, isCalm ? 'doneTwice in calm' : fault);
    return hit;
  };
  return {
    skewMs: isCalm ? 0 : random.pick([0, SECOND, MINUTE, 2 * MINUTE]),
    untilMs,
    isCalm,
    happens,
    latencyMs({ name }) {
      const isAlwaysSlow = isGatewaySlow && name === 'gateway.place';
      const isSlow = !isCalm && kernel.now() < untilMs && (isAlwaysSlow || random.chance(0.05));
      if (!isSlow) return random.below(name === 'gateway.place' ? 500 : 20);
      return random.below(name === 'gateway.place' ? MINUTE / 4 : 5 * SECOND);
    },
    async carryOut(effect, run) {
      const isGateways = effect.name === 'gateway.place';
      if (!isGateways && happens('throttled')) return () => unanswered(effect);
      const answer = await run();
      const lostOdds = isGateways && isGatewayMute ? MUTE_ODDS : ODDS.answerLost;
      if (happens('answerLost', lostOdds)) return () => unanswered(effect);
      const odds = areWritesRepeated ? REPEATED_WRITES_ODDS : ODDS.doneTwice;
      if (isGateways || !happens('doneTwice', odds)) return () => answer;
      const second = await run().then(
        (value) => () => value,
        (error: unknown) => () => {
          throw error;
        },
      );
      return second;
    },
  };
}
