/**
 * Runs a history with one fault in it: when a process dies the next one takes over, and an interrupted step is repeated by
 * its caller or its queue. Then time passes until everything has ended; it passes only when nothing runs, so that no test
 * waits for a lock, a retry or a watchdog.
 */
import type { Fault, Mortal } from './point.ts';
import type { Stack } from './stack.ts';

/** Who brings a broken history to its end: the queue, a caller who calls again, or the sweep when the queue is lost. */
export const RECOVERIES = ['redelivery', 'repeat', 'sweep'] as const;
export type Recovery = (typeof RECOVERIES)[number];

/** `failed`: the caller was answered with an error. `died`: the process is gone. */
export type StepResult = 'done' | 'failed' | 'died';

export interface Life<Step> {
  /** Starts the first process and every further one. */
  begin(fault?: Fault): Mortal;
  take(step: Step): Promise<StepResult>;
  /** The broker forgets everything. */
  loseQueue(): Promise<void>;
  /** What was lost because a worker has died just now, in words. */
  forgotten(): string[];
  isDrained(): boolean | Promise<boolean>;
}

export interface History<Step> {
  steps: readonly Step[];
  /** Whether a step is a caller's, who may be gone after a crash. */
  isCallers: (step: Step) => boolean;
  isWork: (step: Step) => boolean;
  /** The steps that are repeated until everything has ended. */
  round: readonly Step[];
  recovery: Recovery;
  fault?: Fault | undefined;
}

export interface Lived {
  first: Mortal;
  problems: string[];
  /** Whether the callers were there to the end. */
  areCallersThere: boolean;
}

const ROUNDS = 30;

/** Lives through it; `onTime` is asked before any time passes. */
export async function liveThrough<Step>(
  stack: Stack,
  life: Life<Step>,
  { steps, isCallers, isWork, round, recovery, fault }: History<Step>,
  onTime: () => string[] = () => [],
): Promise<Lived> {
  const first = life.begin(fault);
  const problems: string[] = [];
  let areCallersThere = true;
  for (let n = 0; n < steps.length; n++) {
    const step = steps[n] as Step;
    if (isCallers(step) && !areCallersThere) continue;
    const result = await life.take(step);
    if (result === 'done') continue;
    areCallersThere = recovery === 'repeat';
    if (result === 'died') {
      if (isWork(step)) problems.push(...life.forgotten());
      await bury();
    }
    n--; // its caller or its queue repeats it
  }
  if (!fault) problems.push(...onTime()); // without a fault, nothing waits for a later sweep
  let rounds = 0;
  for (; rounds < ROUNDS && !(await life.isDrained()); rounds++) {
    for (const step of round) if ((await life.take(step)) === 'died') await bury();
  }
  if (rounds === ROUNDS) problems.push('it never ended');
  return { first, problems, areCallersThere };

  /** Nothing of the process is left, and the next one knows nothing of it. */
  async function bury(): Promise<void> {
    await stack.replaceClients();
    if (recovery === 'sweep') await life.loseQueue();
    life.begin();
  }
}
