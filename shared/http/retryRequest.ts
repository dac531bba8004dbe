/** The body of a retry of a bulk order. */
import * as z from 'zod';
import { RETRYABLE_STATES, type RetryableState } from '../bulk/bulkOrder.ts';
import type { ApiError } from '../errors.ts';
import { bodyDigest } from '../idempotency.ts';
import { validate } from '../validation.ts';
import { canonicalize, lenientName } from './canonicalize.ts';
import { MAX_BODY_BYTES, readJsonObject } from './json.ts';
import { type BodyReader, invalid } from './route.ts';

/** States that a retry may name: more than there are, because a repeated one counts once. */
const MAX_STATES = 10;

/** Which items a retry runs: the failed ones, unless the body says otherwise. */
export const retryRequest = z
  .object({ states: z.array(lenientName(RETRYABLE_STATES)).min(1).max(MAX_STATES).optional() })
  .describe('Which items to retry; without a body, the failed ones.');

/** What is retried without a word about states. */
const FAILED: readonly RetryableState[] = ['failed'];

type RetryBody = { states: readonly RetryableState[]; digest: string };

/** Reads the body of a retry, which may be absent. */
export const retryBodyReader: BodyReader<RetryBody, unknown> = {
  schema: retryRequest,
  isRequired: false,
  maxBytes: MAX_BODY_BYTES,
  async read({ bytes }) {
    const read = readRetryRequest(bytes);
    return 'error' in read ? read : { body: { states: read.states, digest: bodyDigest(bytes) } };
  },
};

/** The states in the body of a retry. A body of blanks, and null, are absent (docs/contract.md 5.5). */
export function readRetryRequest(
  bytes: Uint8Array,
): { states: readonly RetryableState[] } | { error: ApiError } {
  if (/^(null)?$/.test(Buffer.from(bytes).toString().trim())) return { states: FAILED };
  const read = readJsonObject(bytes, 'a retry: a JSON object');
  if ('error' in read) return read;
  const parsed = validate(retryRequest, canonicalize(read.json, { states: 'value' }));
  return 'problems' in parsed
    ? { error: invalid(parsed.problems) }
    : { states: [...new Set(parsed.value.states ?? FAILED)] };
}
