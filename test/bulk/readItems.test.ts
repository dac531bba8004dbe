/** Items page by page: everything that was sent in, each once, in the order of the list, those that were rejected last. */
import { describe, expect, it } from 'vitest';
import { retryBulkOrder } from '../../shared/bulk/cancelAndRetry.ts';
import { type ItemState, isCursor, readItems } from '../../shared/bulk/readItems.ts';
import { gatewayOf } from '../checkout/attemptFixture.ts';
import { newWorld, type World } from '../support/ports.ts';
import { LIFECYCLE, NOW, REFUSAL } from '../support/samples.ts';
import { arrive, BULK, deliver, orderIn, submitted } from './submitting.ts';

const REJECTED = 3;

/** The indices on each page, as one reads from link to link. */
async function pagesOf(world: World, most: number, state?: ItemState): Promise<number[][]> {
  const pages: number[][] = [];
  let after: string | undefined;
  do {
    const { views, rejected, next } = await readItems(world.ports, await orderIn(world), {
      state,
      after,
      most,
    });
    pages.push([...views.map(({ item }) => item.index), ...rejected.map(({ index }) => index)]);
    if (next !== undefined) expect(isCursor(next)).toBe(true);
    after = next;
  } while (after !== undefined);
  return pages;
}

it('items that are to be done again wait from the moment of the retry', async () => {
  const refused = { kind: 'refused', problem: REFUSAL } as const;
  const world = await submitted({ items: 3, gateway: gatewayOf(refused, refused, refused) });
  await deliver(world);
  expect((await pagesOf(world, 9, 'failed')).flat()).toEqual([0, 1, 2]);

  await retryBulkOrder(world.ports, BULK, ['failed'], LIFECYCLE);

  expect((await pagesOf(world, 9, 'waiting')).flat()).toEqual([0, 1, 2]);
  expect((await pagesOf(world, 9, 'failed')).flat()).toEqual([]);
});

describe('of seven items and three rejected ones', () => {
  it.each([1, 2, 3, 6, 7, 8, 10, 11])('pages of %d hold every one, once', async (most) => {
    const world = await submitted({ items: 7, rejected: REJECTED });

    const pages = await pagesOf(world, most);

    expect(pages.flat()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(pages.slice(0, -1).every((page) => page.length === most)).toBe(true);
    expect(pages.at(-1)).not.toEqual([]);
  });

  it.each(['before', 'after'])('each state has its own, %s they are ordered', async (when) => {
    const world = await submitted({ items: 7, rejected: REJECTED });
    if (when === 'after') await deliver(world);

    const ended = when === 'after' ? 7 : 0;
    const of = async (state: ItemState) => (await pagesOf(world, 2, state)).flat().length;
    expect(await of('waiting')).toBe(7 - ended);
    expect(await of('succeeded')).toBe(ended);
    expect(await of('running')).toBe(0);
    expect(await of('failed')).toBe(0);
    expect(await of('cancelled')).toBe(0);
    expect(await of('rejected')).toBe(REJECTED);
  });
});

describe('of forty items that came one by one', () => {
  const COUNT = 40;
  const SIDE_BY_SIDE = 16;

  async function arrived(): Promise<World> {
    const world = newWorld(NOW);
    for (let index = 0; index < COUNT; index++) await arrive(world, index);
    return world;
  }

  it('those that have ended are told without looking at what was sent in', async () => {
    const world = await arrived();
    await deliver(world);
    world.effects.length = 0;

    expect((await pagesOf(world, COUNT)).flat()).toHaveLength(COUNT);
    expect(world.effects.map(({ name }) => name)).not.toContain('bulk.block');
  });

  it('those that wait are read side by side, and not all at once', async () => {
    const world = await arrived();
    let [now, most] = [0, 0];
    world.around = async ({ name }, run) => {
      if (name !== 'bulk.block') return run();
      most = Math.max(most, ++now);
      await new Promise((resolve) => setImmediate(resolve));
      now--;
      return run();
    };

    expect((await pagesOf(world, COUNT)).flat()).toHaveLength(COUNT);
    expect(most).toBe(SIDE_BY_SIDE);
  });
});
