/** Items page by page: each submitted item once, in the order of the list, with the rejected items last. */
import { describe, expect, it } from 'vitest';
import { retryBulkOrder } from '../../shared/bulk/cancelAndRetry.ts';
import { type ItemState, isCursor, readItems } from '../../shared/bulk/readItems.ts';
import { gatewayOf } from '../checkout/attemptFixture.ts';
import { newWorld, type World } from '../support/ports.ts';
import { LIFECYCLE, NOW, REFUSAL } from '../support/samples.ts';
import { BULK, deliver, ingestItemAt, orderIn, submitted } from './submitting.ts';

const REJECTED = 3;

/** The indices on each page, following the cursors from the first page to the last. */
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

it('Items that a retry runs again are waiting as soon as the retry is accepted', async () => {
  const refused = { kind: 'refused', problem: REFUSAL } as const;
  const world = await submitted({ items: 3, gateway: gatewayOf(refused, refused, refused) });
  await deliver(world);
  expect((await pagesOf(world, 9, 'failed')).flat()).toEqual([0, 1, 2]);

  await retryBulkOrder(world.ports, BULK, ['failed'], LIFECYCLE);

  expect((await pagesOf(world, 9, 'waiting')).flat()).toEqual([0, 1, 2]);
  expect((await pagesOf(world, 9, 'failed')).flat()).toEqual([]);
});

describe('pages and filters of seven accepted and three rejected items', () => {
  it.each([1, 2, 3, 6, 7, 8, 10, 11])('Pages of %d contain each item once', async (most) => {
    const world = await submitted({ items: 7, rejected: REJECTED });

    const pages = await pagesOf(world, most);

    expect(pages.flat()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(pages.slice(0, -1).every((page) => page.length === most)).toBe(true);
    expect(pages.at(-1)).not.toEqual([]);
  });

  it.each(['before', 'after'])(
    'A query by state returns the items of that state %s they are ordered',
    async (when) => {
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
    },
  );
});

describe('reads of forty items from the queue', () => {
  const COUNT = 40;
  const CONCURRENT_READS = 16;

  async function ingested(): Promise<World> {
    const world = newWorld(NOW);
    for (let index = 0; index < COUNT; index++) await ingestItemAt(world, index);
    return world;
  }

  it('Ended items are returned without reading the submitted items', async () => {
    const world = await ingested();
    await deliver(world);
    world.effects.length = 0;

    expect((await pagesOf(world, COUNT)).flat()).toHaveLength(COUNT);
    expect(world.effects.map(({ name }) => name)).not.toContain('bulk.block');
  });

  it('The blocks of waiting items are read concurrently, up to a limit', async () => {
    const world = await ingested();
    let current = 0;
    let most = 0;
    world.around = async ({ name }, run) => {
      if (name !== 'bulk.block') return run();
      most = Math.max(most, ++current);
      await new Promise((resolve) => setImmediate(resolve));
      current--;
      return run();
    };

    expect((await pagesOf(world, COUNT)).flat()).toHaveLength(COUNT);
    expect(most).toBe(CONCURRENT_READS);
  });
});
