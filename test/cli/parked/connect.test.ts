/** The namespace of a command when its options and the environment name different ones. */
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { connect } from '../../../cli/parked/connect.ts';
import { BadOption } from '../../../cli/refused.ts';

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

it.each(['', ' ', 'sb://n', 'n/', '-n'])(
  'A namespace that has no such name is rejected: %j',
  async (namespace) => {
    await expect(hostOf({ namespace })).rejects.toThrow(
      new BadOption(`--namespace must be the name of a namespace, such as sb-carts, not '${namespace}'.`),
    );
  },
);

it('A connection string that is none is rejected by the name of its option or variable, and is not printed', async () => {
  const isNone = /must be a Service Bus connection string such as Endpoint=sb:/;

  for (const connectionString of ['', 'secret', 'Endpoint=secret']) {
    const connecting = hostOf({ connectionString });
    await expect(connecting).rejects.toThrow(BadOption);
    await expect(connecting).rejects.toThrow(isNone);
    await expect(connecting).rejects.toThrow(/^--connection-string (?!.*secret)/);
  }
  vi.stubEnv('ServiceBusConnection', 'secret');
  await expect(hostOf({})).rejects.toThrow(/^ServiceBusConnection must be a Service Bus connection string/);
});
