/** The pace of deliveries: a rate and a number of calls for each partner, so that a slow receiver delays no other. */
import { describe, expect, it } from 'vitest';
import { webhookTest } from '../../shared/webhooks/events.ts';
import { deliveryPace } from '../../shared/webhooks/pace.ts';
import { runDelivery } from '../../shared/webhooks/runDelivery.ts';
import { deliverEvent } from '../../shared/webhooks/startDelivery.ts';
import { newWorld } from '../support/ports.ts';
import { NOW, SECOND } from '../support/samples.ts';
import { POLICY, registrationOf, tenant } from './samples.ts';

const NEW = { isDeferred: false };
const paceOf = (perMinute: number, clock = { nowMs: 0 }) =>
  deliveryPace(
    { perMinute, concurrency: 4, slowConcurrency: 8 },
    () => clock.nowMs,
    () => 0,
  );

/** When each of `count` deliveries may begin; 0 is now. Each call ends at once. */
const beginAll = (pace: ReturnType<typeof paceOf>, count: number, allowedPerMinute?: number): number[] =>
  Array.from({ length: count }, () => {
    const turn = pace.begin('a', { ...NEW, allowedPerMinute });
    if ('untilMs' in turn) return turn.untilMs;
    turn.done(1);
    return 0;
  });

describe('a pace of 60 a minute', () => {
  it('A pace lets a burst through, then gives each delivery a later time, a second apart', () => {
    expect(beginAll(paceOf(60), 14)).toEqual([...Array(11).fill(0), 11 * SECOND, 12 * SECOND, 13 * SECOND]);
  });

  it('A pace lets a delivery through that has waited for its time', () => {
    const clock = { nowMs: 0 };
    const pace = paceOf(60, clock);
    beginAll(pace, 20);
    clock.nowMs = 11 * SECOND;

    expect(pace.begin('a', { isDeferred: true })).toHaveProperty('done');
  });

  it('The pace is the rate that the receiver allows, when that is less', () => {
    expect(beginAll(paceOf(60), 12, 6).at(-1)).toBe(110 * SECOND);
  });

  it('The pace is separate for each partner', () => {
    const pace = paceOf(60);
    beginAll(pace, 30);

    expect(pace.begin('b', NEW)).toHaveProperty('done');
  });
});

it('The deliveries to a slow receiver are spread by the duration of its calls', () => {
  const pace = paceOf(0);
  for (let n = 0; n < 20; n++) {
    const turn = pace.begin('a', { isDeferred: true });
    if ('done' in turn) turn.done(8 * SECOND);
  }

  const turns = Array.from({ length: 24 }, () => pace.begin('a', NEW));

  expect(turns.filter((turn) => 'done' in turn)).toHaveLength(4);
  const untilMs = turns.flatMap((turn) => ('untilMs' in turn ? turn.untilMs : []));
  const steps = untilMs.slice(1).map((ms, n) => ms - (untilMs[n] ?? 0));
  for (const step of steps) expect(step).toBeCloseTo(2 * SECOND, -2);
});

it('Many slow receivers have eight calls at a time together, and a fast one is not delayed by them', () => {
  const pace = paceOf(0);
  const partners = Array.from({ length: 10 }, (_, n) => `slow ${n}`);
  for (const partner of partners) {
    const turn = pace.begin(partner, NEW);
    if ('done' in turn) turn.done(10 * SECOND);
  }
  const turns = partners.flatMap((partner) => [pace.begin(partner, NEW), pace.begin(partner, NEW)]);
  const begun = turns.filter((turn) => 'done' in turn);

  expect(begun).toHaveLength(8);
  expect(pace.begin('slow 9', { isDeferred: true })).toHaveProperty('untilMs');
  expect(pace.begin('fast', NEW)).toHaveProperty('done');
  begun[0]?.done(10 * SECOND);
  expect(pace.begin('slow 9', { isDeferred: true })).toHaveProperty('done');
});

it('A slow receiver has four calls at a time, and its other deliveries are deferred without an attempt', async () => {
  const world = newWorld(NOW);
  const answers: (() => void)[] = [];
  world.around = (effect, run) =>
    effect.name === 'receiver.call' ? new Promise((resolve) => answers.push(() => resolve(run()))) : run();
  await world.ports.registrations.insert(registrationOf({ events: ['test-created'] }));
  for (let n = 0; n < 6; n++) {
    const correlationId = `0000000${n}-0000-4000-8000-000000000000`;
    await deliverEvent(world.ports, webhookTest(tenant, { correlationId, timeMs: NOW + n }), POLICY);
  }

  const running = world.deliveriesSent.map(({ message }) => runDelivery(world.ports, message, POLICY));
  await expect.poll(() => world.deliveriesSent.filter(({ atMs }) => atMs !== undefined).length).toBe(2);
  expect(answers).toHaveLength(4);
  for (const answer of answers) answer();
  await Promise.all(running);

  const states = world.deliveries().map(({ state, attempt }) => `${state} ${attempt}`);
  expect(states.sort()).toEqual([...Array(4).fill('delivered 1'), ...Array(2).fill('pending 1')]);
});
