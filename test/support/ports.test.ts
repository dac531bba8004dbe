/** The ports in memory keep the same promises as the real ones: they go through the same suite. */
import { expect, it } from 'vitest';
import { describeStorage } from '../contract/storage.ts';
import { newWorld } from './ports.ts';
import { cartOf, KEY, NOW } from './samples.ts';

describeStorage('in memory', async () => {
  const { carts, orders, due } = newWorld(NOW).ports;
  return { carts, orders, due, close: async () => undefined };
});

it('records an effect before it happens, and lets a test fail it after it was done', async () => {
  const world = newWorld(NOW);
  world.around = async (_, run) => {
    await run();
    throw new Error('The answer is lost.');
  };

  await expect(world.ports.carts.insert(cartOf())).rejects.toThrow('lost');

  expect(world.effects.map(({ name }) => name)).toEqual(['carts.insert']);
  expect(world.cart(KEY)).toBeDefined();
});

it('takes a message of one id once', async () => {
  const world = newWorld(NOW);
  const message = { ...KEY, checkoutId: KEY.cartId, attempt: 1 };

  await world.ports.checkouts.send(message, { id: 'one' });
  await world.ports.checkouts.send(message, { id: 'one' });

  expect(world.sent).toEqual([{ message, id: 'one', atMs: undefined }]);
});
