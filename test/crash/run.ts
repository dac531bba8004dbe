/**
 * Runs a scenario with one fault in it, recovers in one of three ways, and judges what is left. Time passes
 * only when everything stands still, so no run waits for a lock, a retry or a watchdog.
 */
import { brokenAtRest, type Evidence, sights } from '../evidence.ts';
import { randomOf } from '../random.ts';
import { LOOK, SECOND } from '../samples.ts';
import type { GatewayKind } from './gateways.ts';
import { openLife, POLICY } from './life.ts';
import type { Fault } from './point.ts';
import { isCallers, type Scenario } from './scenario.ts';
import type { Stack } from './stack.ts';

/** Who brings a broken history to its end: the queue, a caller who calls again, or the sweep when the queue is lost. */
export const RECOVERIES = ['redelivery', 'repeat', 'sweep'] as const;
export type Recovery = (typeof RECOVERIES)[number];

export interface Run {
  scenario: Scenario;
  gateway: GatewayKind;
  recovery: Recovery;
  seed: number;
  fault?: Fault | undefined;
}

export interface Report {
  /** The names of the effects of the first process, in order. */
  points: string[];
  fired: boolean;
  problems: string[];
  /** What its checkouts have seen. */
  sights: string[];
}

const ROUNDS = 30;

/** Runs it and reports. */
export async function runScenario(stack: Stack, run: Run): Promise<Report> {
  const { scenario, gateway, recovery, seed, fault } = run;
  stack.broker.clear();
  const life = openLife({
    stack,
    scenario,
    gateway: await gateway.open(stack, scenario),
    isOutside: gateway.isOutside,
    random: randomOf(seed),
  });
  const first = life.begin(fault);
  const forgotten: string[] = [];
  let isCallerThere = true;
  for (let n = 0; n < scenario.steps.length; n++) {
    const step = scenario.steps[n] ?? 'work';
    if (isCallers(step) && !isCallerThere) continue;
    const result = await life.take(step);
    if (result === 'done') continue;
    isCallerThere = recovery === 'repeat';
    if (result === 'died') {
      if (step === 'work') forgotten.push(...life.forgotten());
      await bury();
    }
    n--; // whoever is still there does it again
  }
  const onTime = fault ? [] : wrongEnd(scenario, life.witness); // without a fault, nobody waits for a later sweep
  const rounds = await settle();
  // A sweep to which an answer is lost is over, and the scenario has the next one when its notice is past.
  const noticesMs = fault?.kind === 'answerLost' ? [] : LOOK.noticesMs;
  const evidence = { ...(await life.evidence()), noticesMs };
  return {
    points: first.points,
    fired: first.fired(),
    sights: sights(evidence, POLICY.retry),
    problems: [
      ...forgotten,
      ...onTime,
      ...life.witness.problems,
      ...brokenAtRest(evidence),
      ...(rounds < ROUNDS ? [] : ['it never came to rest']),
      ...(isCallerThere ? wrongEnd(scenario, evidence) : []),
    ],
  };

  /** Nothing of the process is left, and the next one knows nothing of it. */
  async function bury(): Promise<void> {
    await stack.replaceClients();
    if (recovery === 'sweep') await life.loseQueue();
    life.begin();
  }

  async function settle(): Promise<number> {
    let rounds = 0;
    for (; rounds < ROUNDS && !life.isAtRest(); rounds++) {
      for (const step of ['work', { passMs: LOOK.watchdogMs + SECOND }, 'work', 'sweep', 'work'] as const) {
        if ((await life.take(step)) === 'died') await bury();
      }
    }
    return rounds;
  }
}

/** A caller who does not give up gets what the scenario promises. */
function wrongEnd({ ends }: Scenario, { writes }: Pick<Evidence, 'writes'>): string[] {
  const state = writes.at(-1)?.checkout?.state;
  if (!ends) return [];
  return state && ends.includes(state) ? [] : [`the checkout ended as ${state}`];
}
