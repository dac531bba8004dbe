/** What happens to the messages of bulk orders while storage is unavailable. */
import { describe, expect, it } from 'vitest';
import { deferItemWhenUnavailable, deferWhenUnavailable } from '../../shared/bulk/deferWhenUnavailable.ts';
import { apiError, ServiceError } from '../../shared/errors.ts';
import { newWorld } from '../support/ports.ts';
import { NOW, SECOND } from '../support/samples.ts';
import { BULK } from './submitting.ts';

/** The longest deferral is 15 seconds; the random share of it is half. */
const EARLIEST_MS = NOW + 7.5 * SECOND;
const unavailable = () =>
  Promise.reject(new ServiceError(apiError('serviceUnavailable', 'Storage does not respond.')));
const bug = () => Promise.reject(new Error('A bug.'));

describe('bulk order messages', () => {
  it('A bulk order message that was processed is not sent again', async () => {
    const world = newWorld(NOW);

    await deferWhenUnavailable(world.ports, { ...BULK, lane: 1 }, () => Promise.resolve());

    expect(world.bulkSent).toEqual([]);
  });

  it.each([
    { message: { ...BULK, lane: 1 }, part: '1' },
    { message: BULK, part: 'all' },
  ])(
    'A bulk order message is sent again later when storage is unavailable: lane $part',
    async ({ message, part }) => {
      const world = newWorld(NOW);

      await deferWhenUnavailable(world.ports, message, unavailable);

      expect(world.bulkSent).toEqual([
        { message, id: `${BULK.bulkOrderId}.${part}.unavailable.${EARLIEST_MS}`, atMs: EARLIEST_MS },
      ]);
      expect(world.warnings).toHaveLength(1);
    },
  );

  it('A bulk order message is left to the broker, which redelivers it, after any other error', async () => {
    const world = newWorld(NOW);

    await expect(deferWhenUnavailable(world.ports, BULK, bug)).rejects.toThrow('A bug.');

    expect(world.bulkSent).toEqual([]);
  });
});

describe('item messages', () => {
  const message = { id: 'item', body: { reference: 'one' } };

  it('The message of an item that was appended is not sent again', async () => {
    const world = newWorld(NOW);

    await deferItemWhenUnavailable(world.ports, message, async () => true);

    expect(world.itemsSent).toEqual([]);
  });

  it.each([
    { reason: 'storage is unavailable', take: unavailable },
    { reason: 'the bulk order cannot take it yet', take: async () => false },
  ])('The message of an item is sent again later when $reason', async ({ take }) => {
    const world = newWorld(NOW);

    await deferItemWhenUnavailable(world.ports, message, take);

    expect(world.itemsSent).toEqual([{ body: message.body, id: 'item.unavailable', atMs: EARLIEST_MS }]);
  });

  it('The message of an item is left to the broker after any other error', async () => {
    const world = newWorld(NOW);

    await expect(deferItemWhenUnavailable(world.ports, message, bug)).rejects.toThrow('A bug.');

    expect(world.itemsSent).toEqual([]);
  });
});
