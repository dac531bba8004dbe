/** A host that crashes before it sends the message of a checkout, and a whole stack that is restarted. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createCart, SEATS } from '../e2e/orders.ts';
import { eventually, type Running, startService } from '../e2e/running.ts';

let folder: string;
let own: Running;
const start = () => startService({ azurite: 'disk', folder, settings: { CHECKOUT_WATCHDOG: 'PT0.5S' } });
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cartwright-'));
  own = await start();
});
afterAll(async () => {
  await own?.stop();
  await rm(folder, { recursive: true, force: true });
});

it('The sweeper continues a checkout whose host crashed before it sent the message', async () => {
  const { path, ordersPath } = await createCart(own.call);
  const broker = own.processes.broker?.pid ?? 0;
  process.kill(broker, 'SIGSTOP'); // so that the message cannot be sent

  const lost = own.call('POST', `${path}/checkout`).catch(() => 'no answer');
  await eventually(async () => (await own.call('GET', `${path}/checkout`)).body.status === 'running');
  await own.kill('host');
  process.kill(broker, 'SIGCONT');
  await own.up('host');

  expect(await lost).toBe('no answer');
  expect(await own.broker.counts('checkout')).toMatchObject({ active: 0, scheduled: 0 });
  expect((await own.call('GET', `${path}/checkout`)).body.status).toBe('running');
  await eventually(async () => {
    await own.runFunction('sweepDue');
    return (await own.call('GET', `${path}/checkout`)).body.status === 'ordered';
  });
  expect((await own.call('GET', ordersPath)).body.items).toHaveLength(1);
});

it('Carts, orders and tokens survive a restart of the whole stack', async () => {
  const ordered = await createCart(own.call);
  const active = await createCart(own.call, [SEATS]);
  const { body: checkedOut } = await own.call('POST', `${ordered.path}/checkout`);
  const token = await own.token();

  await own.stop();
  own = await start();

  expect((await own.call('GET', active.path, { token })).body).toEqual(active.created.body);
  expect((await own.call('POST', `${ordered.path}/checkout`)).body).toEqual(checkedOut);
  expect((await own.call('POST', `${active.path}/checkout`)).status).toBe(201);
});
