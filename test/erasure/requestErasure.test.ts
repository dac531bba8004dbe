/** The request of an erasure: what a repeat and another request do, while it runs and after it has ended (docs/contract.md 26.2, 26.3). */
import { beforeEach, expect, it } from 'vitest';
import type { Erasure } from '../../shared/erasure/erasure.ts';
import { getErasure, requestErasure } from '../../shared/erasure/requestErasure.ts';
import { newWorld, type World } from '../support/ports.ts';
import { HOUR, KEY, NOW } from '../support/samples.ts';

const { tenant, customer } = KEY;
let world: World;
beforeEach(() => {
  world = newWorld(NOW);
});

async function request(idempotencyKey?: string): Promise<Erasure> {
  const requested = await requestErasure(world.ports, {
    tenant,
    customer,
    requestedBy: 'application',
    idempotencyKey,
  });
  if ('error' in requested) throw new Error(requested.error.description);
  return requested;
}

async function complete(): Promise<void> {
  const { customerHash } = await request('first');
  const stored = await world.ports.erasures.read({ tenant, customerHash });
  if (!stored) throw new Error('There is no erasure.');
  await world.ports.erasures.write({ ...stored.erasure, state: 'completed' }, stored.etag);
}

it('A repeat of the request returns the erasure that it started, also when that has completed', async () => {
  const { erasureId } = await request('first');
  world.nowMs += HOUR;
  expect(await request('first')).toMatchObject({ erasureId, untilMs: NOW, state: 'running' });
  await complete();

  expect(await request('first')).toMatchObject({ erasureId, state: 'completed' });
});

it('Another request joins a running erasure and extends it, and starts a new one after its end', async () => {
  const { erasureId } = await request('first');
  world.nowMs += HOUR;
  expect(await request('second')).toMatchObject({ erasureId, untilMs: NOW + HOUR });
  await complete();

  const next = await request('third');

  expect(next).toMatchObject({ state: 'running', requestedMs: NOW + HOUR });
  expect(next.erasureId).not.toBe(erasureId);
});

it('A customer without an erasure has none to read', async () => {
  expect(await getErasure(world.ports, tenant, customer)).toMatchObject({
    error: { name: 'erasureNotFound' },
  });
});
