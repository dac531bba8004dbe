/** How long the deployed entities keep the data of carts. */
import { expect, it } from 'vitest';
import entities from '../../infra/servicebus.json' with { type: 'json' };
import { settings } from '../../shared/config.ts';
import { parseDuration } from '../../shared/duration.ts';

it('A parked message is kept no longer than a cart by default', () => {
  const { CART_RETENTION } = settings.pick({ CART_RETENTION: true }).parse({});

  expect(parseDuration(entities.queues.parked.defaultMessageTimeToLive)).toBeLessThanOrEqual(CART_RETENTION);
});
