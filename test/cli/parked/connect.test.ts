/** The namespace of a command when its options and the environment name different ones. */
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { connect } from '../../../cli/parked/connect.ts';

const connectionTo = (host: string) =>
  `Endpoint=sb://${host}/;SharedAccessKeyName=k;SharedAccessKey=c2VjcmV0`;
const hostOf = async (connection: Parameters<typeof connect>[0]) => {
  const client = await connect(connection);
  await client.close();
  return client.fullyQualifiedNamespace;
};

beforeEach(() => {
  vi.stubEnv('ServiceBusConnection', connectionTo('environment.example'));
});
afterEach(() => {
  vi.unstubAllEnvs();
});

it('The namespace of the environment is used when the options name none', async () => {
  expect(await hostOf({})).toBe('environment.example');
});

it('The namespace of the options takes precedence over that of the environment', async () => {
  const connectionString = connectionTo('command.example');

  expect(await hostOf({ connectionString })).toBe('command.example');
  expect(await hostOf({ namespace: 'named' })).toBe('named.servicebus.windows.net');
  await expect(hostOf({ data: join(tmpdir(), 'no-stack-here') })).rejects.toThrow(
    'No local stack is running',
  );
});
