/** The stack as tests use it: started once for this file, and stopped at the end. */
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TableClient } from '@azure/data-tables';
import { ServiceBusClient } from '@azure/service-bus';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isRunning } from '../../../local/stack/ancestors.ts';
import { readRunFile } from '../../../local/stack/runFile.ts';
import type { Stack } from '../../../local/stack/stack.ts';
import { buildFixtureApp } from './fixtureApp.ts';
import { about, deliver, PATIENT, type Started, startFixtureStack } from './fixtureStack.ts';

let folder: string;
let started: Started;
let stack: Stack;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stack-'));
  await buildFixtureApp(join(folder, 'app'));
  started = await start('data');
  stack = started.stack;
});

afterAll(async () => {
  await stack?.stop();
  await rm(folder, { recursive: true });
});

const start = (data: string, port = 0) =>
  startFixtureStack({ appFolder: join(folder, 'app'), dataFolder: join(folder, data), port });

test('The app responds, each part is a separate process, and the functions are listed', async () => {
  const { pid } = await about(stack);

  expect(pid).toBe(stack.processes.host?.pid);
  expect(Object.keys(stack.processes).sort()).toEqual(['azurite', 'broker', 'desk', 'host']);
  expect(new Set(Object.values(stack.processes).map((one) => one.pid)).size).toBe(4);
  expect(stack.functions.map(({ name, trigger }) => `${name} ${trigger}`).sort()).toEqual([
    'about http',
    'slow http',
    'tick timer',
    'work serviceBus',
  ]);
});

test('run.json has the URL of the stack and the pid and port of each process', async () => {
  expect(await readRunFile(join(folder, 'data', 'run.json'))).toMatchObject({
    pid: process.pid,
    url: stack.url,
    issuerUrl: stack.issuerUrl,
    processes: stack.processes,
  });
  expect((await stat(join(folder, 'data', 'run.json'))).mode & 0o077).toBe(0);
});

test('The app receives the stand-ins in its settings and can create tables in them', async () => {
  expect((await about(stack, 'AUTH_JWKS_URL')).value).toBe(stack.jwksUrl);
  expect((await about(stack, 'PARTNER_CENTER_URL')).value).toBe(stack.deskUrl);
  const connection = String((await about(stack, 'CartStorage')).value);

  await TableClient.fromConnectionString(connection, 'carts', {
    allowInsecureConnection: true,
  }).createTable();
});

test('A token of the issuer verifies against the key set, and the desk accepts it', async () => {
  const token = await stack.token({ user: '22222222-2222-4222-8222-222222222222' });

  const { payload } = await jwtVerify(token, createRemoteJWKSet(new URL(stack.jwksUrl)));
  expect(payload).toMatchObject({ scp: 'user_impersonation' });
  const orders = `${stack.deskUrl}/v1/customers/c/orders`;
  expect((await fetch(orders)).status).toBe(401);
  expect((await fetch(orders, { headers: { Authorization: `Bearer ${token}` } })).status).toBe(200);
});

test('A function without an HTTP trigger can be run on demand', async () => {
  await stack.runFunction('tick');

  await expect.poll(() => started.logged, PATIENT).toContain('the timer function ran');
  await expect(stack.runFunction('nothing')).rejects.toThrow('The host answered 404');
});

test('A message on the queue reaches the app, and tests can count and remove messages', async () => {
  await stack.broker.fault('delayNextSendAck', 1, 'parked');
  expect(await stack.broker.fault('pending')).toBe(1);
  const client = new ServiceBusClient(stack.serviceBusConnection);
  await client.createSender('parked').sendMessages({ body: 'kept' });
  await client.close();

  await deliver(started, 'hello');
  expect(await stack.broker.counts('parked')).toMatchObject({ active: 1 });
  expect(await stack.broker.fault('pending')).toBe(0);
  await stack.broker.dropConnections();
  await stack.broker.clear();
  expect(await stack.broker.counts('parked')).toMatchObject({ active: 0 });
  await expect(stack.broker.counts('nothing')).rejects.toThrow();
});

test('A second start on the same data is rejected', async () => {
  await expect(start('data')).rejects.toThrow(
    /^A local stack already runs on this data folder: http:\S+ \(process \d+\)\./,
  );
});

test('A start on a port in use is rejected with the port and a remedy, and leaves no processes and no files', async () => {
  await expect(start('other', stack.port)).rejects.toThrow(
    `Port ${stack.port} of 127.0.0.1 is already in use by another process. Free it, or choose another with --port N.`,
  );

  expect(await readdir(join(folder, 'other'))).not.toContain('run.json');
});

test('A data folder that is not writable is rejected by its path', async () => {
  await writeFile(join(folder, 'a-file'), '');

  await expect(start('a-file/data')).rejects.toThrow(
    /^The data folder \S+a-file\/data cannot be written \(ENOTDIR\)\.$/,
  );
});

test('A stop ends every process and removes run.json', async () => {
  const pids = Object.values(stack.processes).map(({ pid }) => pid);

  await stack.stop();

  expect(pids.filter(isRunning)).toEqual([]);
  expect(await readdir(join(folder, 'data'))).not.toContain('run.json');
  expect(await stack.ended).toBeUndefined();
});
