/** Runs a scenario of a cart with one fault in it, recovers in one of three ways, and judges what is left. */
import { brokenAtRest, type Evidence, sights } from '../support/evidence.ts';
import { randomOf } from '../support/random.ts';
import { LIFECYCLE, SECOND } from '../support/samples.ts';
import type { GatewayKind } from './gateways.ts';
import { openLife, POLICY } from './life.ts';
import { liveThrough, type Recovery } from './live.ts';
import type { Fault } from './point.ts';
import { isCallers, type Scenario, type Step } from './scenario.ts';
import type { Stack } from './stack.ts';

export interface Run<Any> {
  scenario: Any;
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

const ROUND: Step[] = ['work', { passMs: LIFECYCLE.watchdogMs + SECOND }, 'work', 'sweep', 'work'];

/** Runs it and reports. */
export async function runScenario(stack: Stack, run: Run<Scenario>): Promise<Report> {
  const { scenario, gateway, recovery, seed, fault } = run;
  await stack.clear();
  const life = openLife({
    stack,
    scenario,
    gateway: await gateway.open(stack, scenario),
    isOutside: gateway.isOutside,
    random: randomOf(seed),
  });
  const isWork = (step: Step) => step === 'work';
  const history = { steps: scenario.steps, isCallers, isWork, round: ROUND, recovery, fault };
  const lived = await liveThrough(stack, life, history, () => wrongEnd(scenario, life.witness));
  const evidence = await life.evidence();
  return {
    points: lived.first.points,
    fired: lived.first.fired(),
    sights: sights(evidence, POLICY.retry),
    problems: [
      ...lived.problems,
      ...life.witness.problems,
      ...brokenAtRest(evidence),
      ...(lived.areCallersThere ? wrongEnd(scenario, evidence) : []),
    ],
  };
}

/** A caller who does not give up gets what the scenario promises. */
function wrongEnd({ ends }: Scenario, { writes }: Pick<Evidence, 'writes'>): string[] {
  const state = writes.at(-1)?.checkout?.state;
  if (!ends) return [];
  return state && ends.includes(state) ? [] : [`the checkout ended as ${state}`];
}
