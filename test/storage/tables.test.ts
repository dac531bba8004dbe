/** How the errors of storage are reported to callers. */
import { RestError, type TableClient } from '@azure/data-tables';
import {
  AggregateAuthenticationError,
  AuthenticationError,
  CredentialUnavailableError,
} from '@azure/identity';
import { describe, expect, it } from 'vitest';
import { ServiceError } from '../../shared/errors.ts';
import { errorCode, errorStatus, Table, undefinedOnStatus } from '../../shared/storage/tables.ts';

const restError = (statusCode: number, code?: string) => {
  const error = new RestError('storage', { statusCode });
  if (code) error.details = { odataError: { code } };
  return error;
};
const table = () => new Table({ connectionString: 'UseDevelopmentStorage=true' }, 'carts');

/** A table that is accessed by identity, with a clock. */
const tableAt = (nowMs: () => number, credential = async () => ({ getToken: async () => null })) =>
  new Table({ serviceUri: 'https://carts.table.core.windows.net', credential }, 'carts', nowMs);

describe('denied access', () => {
  it.each([[401], [403]])(
    'A denial with status %i counts as an outage for two minutes, because a new role does not hold at once',
    async (status) => {
      let nowMs = 5_000;
      const table = tableAt(() => nowMs);
      const denied = () =>
        table.run(() => Promise.reject(restError(status, 'AuthorizationPermissionMismatch')));

      await expect(denied()).rejects.toMatchObject({
        apiError: { name: 'serviceUnavailable', description: expect.stringContaining('a new role takes') },
      });
      nowMs += 119_999;
      await expect(denied()).rejects.toBeInstanceOf(ServiceError);
      nowMs += 1;
      await expect(denied()).rejects.toBeInstanceOf(RestError);
    },
  );

  it('A denial after access was granted has its two minutes again', async () => {
    let nowMs = 0;
    const table = tableAt(() => nowMs);
    const denied = () => table.run(() => Promise.reject(restError(403)));
    await expect(denied()).rejects.toBeInstanceOf(ServiceError);
    nowMs += 500_000;
    await table.run(async () => 'granted');

    await expect(denied()).rejects.toBeInstanceOf(ServiceError);
  });
});

it('A table whose credential could not be opened opens it again at the next operation', async () => {
  let tries = 0;
  const table = tableAt(
    () => 0,
    async () => {
      tries++;
      if (tries === 1) throw new CredentialUnavailableError('no identity yet');
      return { getToken: async () => null };
    },
  );

  await expect(table.run(async () => 'read')).rejects.toMatchObject({
    apiError: { name: 'serviceUnavailable' },
  });
  expect(await table.run(async () => 'read')).toBe('read');
  expect(tries).toBe(2);
});

describe('undefinedOnStatus', () => {
  it('A listed status becomes undefined, and every other error is thrown', async () => {
    expect(await undefinedOnStatus([404, 412], Promise.reject(restError(412)))).toBeUndefined();
    await expect(undefinedOnStatus([404], Promise.reject(restError(412)))).rejects.toThrow('storage');
    await expect(undefinedOnStatus([404], Promise.reject(new TypeError('a bug')))).rejects.toThrow('a bug');
    expect(await undefinedOnStatus([404], Promise.resolve('read'))).toBe('read');
  });
});

it('Errors of storage have an error code and a status', () => {
  expect(errorCode(restError(404, 'TableNotFound'))).toBe('TableNotFound');
  expect(errorStatus(restError(404))).toBe(404);
  expect(errorCode(new Error('x'))).toBeUndefined();
  expect(errorStatus('x')).toBeUndefined();
});

describe('an operation on a table', () => {
  it.each([
    ['408', restError(408)],
    ['429', restError(429)],
    ['500', restError(500)],
    ['503', restError(503)],
    ['no response', new RestError('connect', { code: 'ECONNREFUSED' })],
    ['an abort', Object.assign(new Error('x'), { name: 'AbortError' })],
    ['a time-out', Object.assign(new Error('x'), { name: 'TimeoutError' })],
    ['no identity', new CredentialUnavailableError('x')],
    ['no token', new AuthenticationError(503, 'x')],
    ['no token of any identity', new AggregateAuthenticationError([])],
  ])(
    'An operation fails as unavailable, with the cause, when storage does not respond: %s',
    async (_, cause) => {
      const run = table().run(() => Promise.reject(cause));

      await expect(run).rejects.toMatchObject({
        apiError: { name: 'serviceUnavailable', retryAfterMs: 5_000 },
        cause,
      });
      await expect(run).rejects.toBeInstanceOf(ServiceError);
    },
  );

  it.each([
    ['400', restError(400)],
    ['403', restError(403)],
    ['a bug', new TypeError('x')],
  ])('An operation throws any other error unchanged: %s', async (_, error) => {
    await expect(table().run(() => Promise.reject(error))).rejects.toBe(error);
  });

  it('An operation creates a missing table and is repeated once', async () => {
    const created: string[] = [];
    let tries = 0;

    const result = await table().run(async (client) => {
      recordCreatedTables(client, created);
      tries++;
      if (created.length === 0) throw restError(404, 'TableNotFound');
      return 'done';
    });

    expect({ result, tries, created }).toEqual({ result: 'done', tries: 2, created: ['carts'] });
  });

  /** Replaces the request that creates a table. */
  function recordCreatedTables(client: TableClient, created: string[]) {
    client.createTable = async () => void created.push(client.tableName);
  }
});
