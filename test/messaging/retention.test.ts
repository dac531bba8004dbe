/** How long the deployed entities keep data that belongs to carts. */
import { expect, it } from 'vitest';
import entities from '../../infra/servicebus.json' with { type: 'json' };
import { settings } from '../../shared/config.ts';
import { parseDuration } from '../../shared/duration.ts';

it('keeps a parked message no longer than a cart, by default', () => {
  const { CART_RETENTION } = settings.pick({ CART_RETENTION: true }).parse({});

  expect(parseDuration(entities.queues.parked.defaultMessageTimeToLive)).toBeLessThanOrEqual(CART_RETENTION);
});
