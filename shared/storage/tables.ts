/**
 * The clients of the tables, and the meaning of their errors. One client per table and process; a table that does not
 * exist is created on first use. No caller sees an error of the storage SDK that means an outage.
 */
import type { RestError, TableClient } from '@azure/data-tables';
import { accessPending, unavailable } from '../errors.ts';
import { type AccessGrace, accessGrace } from '../identity/accessGrace.ts';
import { isTokenFailure } from '../identity/credential.ts';
import { openOnce } from '../openOnce.ts';
import { STORAGE_TIMEOUTS } from '../timeouts.ts';
import { signWithReadyKey } from './sharedKey.ts';

export type TableConnection =
  | { connectionString: string }
  | { serviceUri: string; credential: () => Promise<import('@azure/identity').TokenCredential> };

const { callMs, retryOptions } = STORAGE_TIMEOUTS;

/** The SDK, and the one transport of this process. */
const openSdk = openOnce(async () => {
  const { TableClient, openTransport } = await import('./sdk.ts');
  return { TableClient, clientOptions: { retryOptions, httpClient: openTransport() } };
});

/** The client of a table; connects on first use. */
export async function tableClient(connection: TableConnection, table: string): Promise<TableClient> {
  const { TableClient, clientOptions } = await openSdk();
  if ('connectionString' in connection) {
    const { connectionString } = connection;
    const isLocal = /UseDevelopmentStorage=true|TableEndpoint=http:/i.test(connectionString);
    const client = TableClient.fromConnectionString(connectionString, table, {
      allowInsecureConnection: isLocal,
      ...clientOptions,
    });
    signWithReadyKey(client.pipeline, connectionString);
    return withoutCompression(client);
  }
  const credential = await connection.credential();
  return withoutCompression(new TableClient(connection.serviceUri, table, credential, clientOptions));
}

/** A client that asks for no compressed responses: those of tables are small, and the transport does not decompress. */
function withoutCompression(client: TableClient): TableClient {
  client.pipeline.removePolicy({ name: 'decompressResponsePolicy' });
  return client;
}

/** One table: the client, created on first use, with a timeout and an error mapping for every operation. */
export class Table {
  readonly #client: () => Promise<TableClient>;
  /** Absent when access is by key: keys hold at once. */
  readonly #grace: AccessGrace | undefined;

  constructor(connection: TableConnection, name: string, nowMs: () => number = () => performance.now()) {
    this.#client = openOnce(() => tableClient(connection, name));
    this.#grace = 'credential' in connection ? accessGrace(nowMs) : undefined;
  }

  /** Runs an operation; creates the table if it does not exist. Throws `serviceUnavailable` when storage does not respond. */
  async run<Result>(
    operation: (client: TableClient, abortSignal: AbortSignal) => Promise<Result>,
  ): Promise<Result> {
    // Not `AbortSignal.timeout`: its timer runs on when the operation has ended, and then makes an error all the same.
    const aborter = new AbortController();
    let timer: NodeJS.Timeout | undefined;
    try {
      const client = await this.#client();
      timer = setTimeout(() => aborter.abort(), callMs);
      const abortSignal = aborter.signal;
      const attempt = () => operation(client, abortSignal);
      const result = await attempt().catch(async (error: unknown) => {
        if (errorCode(error) !== 'TableNotFound') throw error;
        await client.createTable({ abortSignal });
        return attempt();
      });
      this.#grace?.granted();
      return result;
    } catch (error) {
      if (isDenial(error) && this.#grace?.isPending()) throw accessPending('Storage', error);
      throw isUnavailable(error) ? unavailable('Storage', error) : error;
    } finally {
      clearTimeout(timer);
    }
  }
}

/** The error code of storage, such as `UpdateConditionNotSatisfied`. */
export function errorCode(error: unknown): string | undefined {
  if (!isRestError(error)) return undefined;
  const details = error.details as { odataError?: { code?: string } } | undefined;
  return details?.odataError?.code ?? error.code;
}

/** The HTTP status of a storage error, if it is one. */
export const errorStatus = (error: unknown): number | undefined =>
  isRestError(error) ? error.statusCode : undefined;

/** Recognized by its name, because the SDK is loaded on first use. */
const isRestError = (error: unknown): error is RestError =>
  error instanceof Error && error.name === 'RestError';

/** Returns `undefined` instead of an error with one of these statuses, which mean that the precondition did not hold. */
export async function undefinedOnStatus<Result>(
  statuses: number[],
  operation: Promise<Result>,
): Promise<Result | undefined> {
  try {
    return await operation;
  } catch (error) {
    if (statuses.includes(errorStatus(error) ?? 0)) return undefined;
    throw error;
  }
}

function isDenial(error: unknown): boolean {
  const status = errorStatus(error);
  return status === 401 || status === 403;
}

function isUnavailable(error: unknown): boolean {
  const status = errorStatus(error);
  if (status !== undefined) return status === 408 || status === 429 || status >= 500;
  return (
    isRestError(error) ||
    isTokenFailure(error) ||
    (error instanceof Error && /Abort|Timeout/.test(error.name))
  );
}
