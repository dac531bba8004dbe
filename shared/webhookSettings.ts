/** The settings of webhooks, a part of `config.ts`. */
import * as z from 'zod';
import { duration, limit } from './settingFormats.ts';

export const webhookSettings = {
  PUBLIC_URL: z
    .url({ protocol: /^https?$/ })
    .transform((url) => url.replace(/\/+$/, ''))
    .optional()
    .describe(
      'Base URL at which partners reach the service, for the URIs in webhooks; by default, the one to which a webhook was registered. Set it behind a proxy that changes the host name.',
    ),
  WEBHOOK_TIMEOUT: duration('PT10S', 'How long the receiver of a webhook may take to respond.', {
    minMs: 100,
    maxMs: 30_000,
  }),
  WEBHOOK_RETRY_BASE: duration(
    'PT7S',
    'Delay before the second attempt of a delivery; each further delay is 3.2 times as long, up to 16 hours.',
    { minMs: 100, maxMs: 3_600_000 },
  ),
  WEBHOOK_WATCHDOG: duration(
    'PT2M',
    'How long after an attempt of a delivery was due the sweeper sends its message again, if it has not ended.',
    { minMs: 1_000 },
  ),
  WEBHOOK_MAX_ATTEMPTS: z.coerce
    .number()
    .int()
    .min(1)
    .max(20)
    .default(10)
    .describe('Attempts of a delivery, the first included; with the default delay, ten take about a day.'),
  WEBHOOK_DISABLE_AFTER: duration(
    'P3D',
    'How long after the first failed delivery without a success a webhook is disabled.',
  ),
  WEBHOOK_RETENTION: duration('P7D', 'How long a delivery is listed after its end.', { minMs: 60_000 }),
  WEBHOOK_SECRET_OVERLAP: duration('P1D', 'How long a replaced secret still signs deliveries.', { minMs: 0 }),
  WEBHOOK_RATE_LIMIT: limit
    .default(600)
    .describe('Deliveries per minute and partner tenant, counted per instance; 0 for no limit.'),
  WEBHOOK_LOOPBACK: z
    .stringbool({ truthy: ['true'], falsy: ['false'], error: 'must be true or false' })
    .prefault('false')
    .describe(
      'Whether a webhook may be at a loopback address and use `http`. For a local stack only: never set it in a deployment.',
    ),
};
