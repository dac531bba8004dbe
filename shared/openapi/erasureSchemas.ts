/** An erasure as the service returns it, and the keys that verify its receipt. */
import * as z from 'zod';
import { timestamp } from './cartSchemas.ts';

const count = (of: string) => z.int().min(0).describe(`How many ${of} were found, each counted once.`);

export const erasure = z
  .object({
    id: z.string().describe('The id of the erasure.'),
    status: z.enum(['running', 'completed']).describe('`completed`: everything is removed.'),
    waitingFor: z
      .enum(['checkout', 'bulkOrder'])
      .optional()
      .describe('What of the customer runs, so that the erasure waits for its end.'),
    requestedTimestamp: timestamp.describe('When it was requested.'),
    coversUntilTimestamp: timestamp.describe(
      'Until when data that was created is erased: the time of the request, or of the last request that joined it.',
    ),
    completedTimestamp: timestamp.optional().describe('When it was completed.'),
    found: z
      .object({
        carts: count('carts'),
        orders: count('orders'),
        bulkItems: count('items of bulk orders'),
        deliveries: count('webhook deliveries'),
        parkedMessages: count('parked and dead-lettered messages'),
      })
      .describe('What was found.'),
    receipt: z
      .string()
      .optional()
      .describe('A compact JWS (EdDSA) that states what was found, and what is kept until when and why.'),
  })
  .describe('The erasure of the data of a customer.');

export const keySet = z
  .object({
    keys: z
      .array(
        z.object({
          kty: z.string().describe('The key type, `OKP`.'),
          crv: z.string().describe('The curve, `Ed25519`.'),
          x: z.string().describe('The public key.'),
          kid: z.string().describe('The key id in the header of a receipt.'),
          alg: z.string().optional().describe('The algorithm, `EdDSA`.'),
          use: z.string().optional().describe('The use, `sig`.'),
        }),
      )
      .describe('The public keys.'),
  })
  .describe('A JWK set.');

export const ERASURE_EXAMPLES = {
  Erasure: {
    id: '6f1d0a52-8c3e-4b7a-9d21-4e5f60718293',
    status: 'completed',
    requestedTimestamp: '2026-03-15T17:15:02.3840000Z',
    coversUntilTimestamp: '2026-03-15T17:15:02.3840000Z',
    completedTimestamp: '2026-03-15T17:16:00.9120000Z',
    found: { carts: 3, orders: 2, bulkItems: 1, deliveries: 4, parkedMessages: 0 },
    receipt: 'eyJhbGciOiJFZERTQSJ9.eyJlcmFzdXJlSWQiOiI2ZjFkMGE1MiJ9.c2lnbmF0dXJl',
  },
};
