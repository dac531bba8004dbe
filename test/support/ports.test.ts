/** The ports in memory pass the same contract tests as the real ones. */
import { expect, it } from 'vitest';
import { DUE_PAGE_SIZE, describeStorage } from '../contract/storage.ts';
import { describeWebhookStorage } from '../contract/webhookStorage.ts';
import { newWorld } from './ports.ts';
import { cartOf, KEY, NOW } from './samples.ts';

describeStorage('in memory', async () => {
  const world = newWorld(NOW);
  world.pageSize = DUE_PAGE_SIZE;
  const { carts, orders, due } = world.ports;
  return { carts, orders, due };
});

describeWebhookStorage('in memory', async () => {
  const { registrations, deliveries } = newWorld(NOW).ports;
  return { registrations, deliveries };
});

it('An effect is recorded before it happens, and a test can fail it after it was performed', async () => {
  const world = newWorld(NOW);
  world.around = async (_, run) => {
    await run();
    throw new Error('The answer is lost.');
  };

  await expect(world.ports.carts.insert(cartOf())).rejects.toThrow('lost');

  expect(world.effects.map(({ name }) => name)).toEqual(['carts.insert']);
  expect(world.cart(KEY)).toBeDefined();
});

it('A message id is accepted once', async () => {
  const world = newWorld(NOW);
  const message = { ...KEY, checkoutId: KEY.cartId, attempt: 1 };

  await world.ports.checkouts.send(message, { id: 'one' });
  await world.ports.checkouts.send(message, { id: 'one' });

  expect(world.sent).toEqual([{ message, id: 'one', atMs: undefined }]);
});
