/**
 * Requests the erasure of a customer's data. Order of effects: the due entry, then the row; the sweeper does the rest, and
 * removes a due entry without a row. While an erasure runs, another request joins it and extends what it covers to its time.
 */
import { type ApiError, apiError } from '../errors.ts';
import type { Ports } from '../ports.ts';
import { type Erasure, extendedErasure, NOTHING } from './erasure.ts';

type RequestPorts = Pick<Ports, 'erasures' | 'erasureKeys' | 'due' | 'now' | 'newId'>;

export interface ErasureRequest {
  tenant: string;
  customer: string;
  requestedBy: Erasure['requestedBy'];
  /** Identifies the call: a repeat returns the erasure that the first call started, also when it has ended. */
  idempotencyKey?: string | undefined;
}

const MAX_TRIES = 3;

/** Starts an erasure, or returns the one that runs. */
export async function requestErasure(
  ports: RequestPorts,
  { tenant, customer, requestedBy, idempotencyKey }: ErasureRequest,
): Promise<Erasure | { error: ApiError }> {
  const customerHash = await ports.erasureKeys.customerHash(tenant, customer);
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const stored = await ports.erasures.read({ tenant, customerHash });
    const known = stored?.erasure;
    const isRepeat = idempotencyKey !== undefined && known?.idempotencyKey === idempotencyKey;
    const requestedMs = ports.now();
    if (known && stored && (isRepeat || known.state === 'running')) {
      const extended = isRepeat ? known : extendedErasure(known, requestedMs);
      if (extended === known || (await ports.erasures.write(extended, stored.etag))) return extended;
      continue;
    }
    await ports.due.put({ tenant, erasedCustomer: customer, atMs: requestedMs });
    const written = await ports.erasures.write(
      {
        tenant,
        customerHash,
        erasureId: ports.newId(),
        idempotencyKey,
        requestedMs,
        untilMs: requestedMs,
        requestedBy,
        state: 'running',
        counts: NOTHING,
      },
      stored?.etag,
    );
    if (written) return written.erasure;
  }
  const description = 'The erasure is being requested by other calls.';
  return { error: apiError('erasureBusy', description, { retryAfterMs: 1_000 }) };
}

/** The latest erasure of a customer. */
export async function getErasure(
  { erasures, erasureKeys }: Pick<Ports, 'erasures' | 'erasureKeys'>,
  tenant: string,
  customer: string,
): Promise<Erasure | { error: ApiError }> {
  const customerHash = await erasureKeys.customerHash(tenant, customer);
  const stored = await erasures.read({ tenant, customerHash });
  return (
    stored?.erasure ?? { error: apiError('erasureNotFound', 'No erasure of this customer was requested.') }
  );
}
