import { expect, test } from 'vitest';
import { toHostConfig } from '../src/hostJson.ts';

test('Absent members of host.json have the defaults of Azure', () => {
  expect(toHostConfig({ version: '2.0' })).toEqual({
    routePrefix: 'api',
    functionTimeoutMs: 30 * 60_000,
    hasExtensionBundle: false,
    serviceBus: { maxConcurrentCalls: 16, maxAutoLockRenewalMs: 5 * 60_000 },
  });
});

test('The members of host.json are parsed', () => {
  const config = toHostConfig({
    version: '2.0',
    functionTimeout: '1.02:03:04.5',
    extensionBundle: { id: 'Microsoft.Azure.Functions.ExtensionBundle', version: '[4.0.0, 5.0.0)' },
    extensions: {
      http: { routePrefix: '' },
      serviceBus: { maxConcurrentCalls: 4, maxAutoLockRenewalDuration: '00:01:00' },
    },
  });

  expect(config).toEqual({
    routePrefix: '',
    functionTimeoutMs: 93_784_500,
    hasExtensionBundle: true,
    serviceBus: { maxConcurrentCalls: 4, maxAutoLockRenewalMs: 60_000 },
  });
});

test('A functionTimeout of -1 disables the function timeout', () => {
  expect(toHostConfig({ version: '2.0', functionTimeout: '-1' }).functionTimeoutMs).toBeUndefined();
});

test.each([
  [{}, 'version must be "2.0".'],
  [
    { version: '2.0', functionTimeout: '5 minutes' },
    'functionTimeout must be a time span such as "00:05:00".',
  ],
  [{ version: '2.0', functionTimeout: '00:00:00.5' }, 'functionTimeout must be at least 1 second.'],
  [
    { version: '2.0', extensions: { serviceBus: { maxConcurrentCalls: 0 } } },
    'serviceBus.maxConcurrentCalls must be a positive integer.',
  ],
  [
    { version: '2.0', extensions: { serviceBus: { autoCompleteMessages: false } } },
    'serviceBus.autoCompleteMessages must not be false, because a Node.js handler cannot settle a message.',
  ],
])('The host.json %j is rejected with "%s"', (json, sentence) => {
  expect(() => toHostConfig(json)).toThrow(sentence);
});
