/**
 * A process that can be made to fail at any one of its effects. The points are not listed anywhere: a run
 * without a fault counts them. After a crash nothing of the process happens any more: what was awaited is
 * never answered, as when the machine is gone.
 */
import type { Ports } from '../../shared/ports.ts';
import { type Around, intercept, unanswered } from '../support/intercept.ts';
import type { Effect } from '../support/ports.ts';

/** How an effect goes wrong; `doneTwice` is a client that repeats a request whose response was lost. */
export const FAULTS = ['crashBefore', 'crashAfter', 'answerLost', 'doneTwice'] as const;
export type FaultKind = (typeof FAULTS)[number];

/** What can go wrong with an effect: only the service itself repeats a call to the gateway. */
export const faultsOf = (effect: string): readonly FaultKind[] =>
  effect === 'gateway.place' ? FAULTS.filter((kind) => kind !== 'doneTwice') : FAULTS;

export interface Fault {
  /** Which effect of the process, from 0. */
  point: number;
  kind: FaultKind;
}

export interface Mortal {
  ports: Ports;
  /** An effect that goes through no port, such as the completion of a message. */
  around: Around;
  /** The names of the effects that were begun, in order. */
  points: string[];
  /** Whether the fault has happened. */
  fired: () => boolean;
  isDead: () => boolean;
  /** Resolves at the crash. */
  death: Promise<void>;
}

/** A process on these ports, with one fault or none. */
export function mortal(ports: Ports, fault?: Fault): Mortal {
  const points: string[] = [];
  const { promise: death, resolve: die } = Promise.withResolvers<void>();
  let dead = false;
  let fired = false;

  const alive = async (answer: Promise<unknown>) => {
    try {
      return await answer;
    } finally {
      if (dead) await never();
    }
  };
  const crash = () => {
    dead = true;
    die();
    return never();
  };
  const around: Around = async (effect, run) => {
    if (dead) return never();
    const point = points.push(effect.name) - 1;
    if (point !== fault?.point) return alive(run());
    fired = true;
    return fail(fault.kind, effect, run);
  };
  async function fail(kind: FaultKind, effect: Effect, run: () => Promise<unknown>): Promise<unknown> {
    if (kind === 'crashBefore') return crash();
    await run();
    switch (kind) {
      case 'crashAfter':
        return crash();
      case 'answerLost':
        return unanswered(effect);
      case 'doneTwice':
        return run();
    }
  }
  return {
    ports: intercept(ports, around),
    around,
    points,
    fired: () => fired,
    isDead: () => dead,
    death,
  };
}

const never = () => new Promise<never>(() => undefined);
