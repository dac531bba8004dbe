/** What the errors of storage mean to those above it. */
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

describe('a precondition that does not hold', () => {
  it('returns undefined where its status is listed', async () => {
    expect(await undefinedOnStatus([404, 412], Promise.reject(restError(412)))).toBeUndefined();
    await expect(undefinedOnStatus([404], Promise.reject(restError(412)))).rejects.toThrow('storage');
    await expect(undefinedOnStatus([404], Promise.reject(new TypeError('a bug')))).rejects.toThrow('a bug');
    expect(await undefinedOnStatus([404], Promise.resolve('read'))).toBe('read');
  });
});

it('returns the error code of storage, and its status', () => {
  expect(errorCode(restError(404, 'TableNotFound'))).toBe('TableNotFound');
  expect(errorStatus(restError(404))).toBe(404);
  expect([errorCode(new Error('x')), errorStatus('x')]).toEqual([undefined, undefined]);
});

describe('an operation', () => {
  it.each([
    ['408', restError(408)],
    ['429', restError(429)],
    ['500', restError(500)],
    ['503', restError(503)],
    ['no answer', new RestError('connect', { code: 'ECONNREFUSED' })],
    ['an abort', Object.assign(new Error('x'), { name: 'AbortError' })],
    ['a time-out', Object.assign(new Error('x'), { name: 'TimeoutError' })],
    ['no identity', new CredentialUnavailableError('x')],
    ['no token', new AuthenticationError(503, 'x')],
    ['no token of any identity', new AggregateAuthenticationError([])],
  ])('fails as unavailable, with the cause, when storage does not respond: %s', async (_, cause) => {
    const run = table().run(() => Promise.reject(cause));

    await expect(run).rejects.toMatchObject({
      apiError: { name: 'serviceUnavailable', retryAfterMs: 5_000 },
      cause,
    });
    await expect(run).rejects.toBeInstanceOf(ServiceError);
  });

  it.each([
    ['400', restError(400)],
    ['403', restError(403)],
    ['a bug', new TypeError('x')],
  ])('throws any other error unchanged: %s', async (_, error) => {
    await expect(table().run(() => Promise.reject(error))).rejects.toBe(error);
  });

  it('creates a missing table, and is repeated once', async () => {
    const made: string[] = [];
    let tries = 0;

    const result = await table().run(async (client) => {
      fake(client, made);
      tries++;
      if (made.length === 0) throw restError(404, 'TableNotFound');
      return 'done';
    });

    expect([result, tries, made]).toEqual(['done', 2, ['carts']]);
  });

  /** In place of the request that makes a table. */
  function fake(client: TableClient, made: string[]) {
    client.createTable = async () => void made.push(client.tableName);
  }
});
