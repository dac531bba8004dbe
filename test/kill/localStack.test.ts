/** A local stack of which processes are killed: each returns on its port, and none outlives the supervisor. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readRunFile } from '../../local/stack/runFile.ts';
import type { Stack } from '../../local/stack/stack.ts';
import { buildFixtureApp } from '../local/stack/fixtureApp.ts';
import { about, deliver, PATIENT, type Started, startFixtureStack } from '../local/stack/fixtureStack.ts';
import { allEnded, killCommands, printed, ready, runNode, runNpm } from '../local/stack/stackCommand.ts';

let folder: string;
let app: string;
let started: Started;
let stack: Stack;
const events: string[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stack-'));
  app = join(folder, 'app');
  await buildFixtureApp(app);
  started = await startFixtureStack({
    appFolder: app,
    dataFolder: join(folder, 'data'),
    onEvent: (line) => events.push(line),
  });
  stack = started.stack;
});

afterAll(async () => {
  await stack?.stop();
  await killCommands();
  await rm(folder, { recursive: true, maxRetries: 50, retryDelay: 100 });
});

const options = (data: string) => ['--app', app, '--data', data, '--port', '0'];
const hostPid = async () => (await about(stack)).pid;

test('A host that is killed twice from outside returns on the same port each time, after a longer pause', async () => {
  const { length } = events;

  for (const kill of [1, 2]) {
    const { pid } = stack.processes.host!;
    process.kill(pid, 'SIGKILL');
    await expect.poll(() => stack.processes.host?.pid !== pid && stack.up('host'), PATIENT).toBeUndefined();
    expect(await hostPid(), `kill ${kill}`).not.toBe(pid);
  }

  const line = new RegExp(
    `^The host ended \\(SIGKILL\\)\\. Restarting it on port ${stack.port} in (\\S+) s\\.$`,
  );
  const pauses = events.slice(length).map((event) => Number(line.exec(event)?.[1]));
  // The first may follow a stable run; then the second pause is the first of the sequence plus one step.
  expect([
    [0.1, 0.2],
    [0.2, 0.4],
  ]).toContainEqual(pauses);
  expect((await readRunFile(join(folder, 'data', 'run.json')))?.processes).toEqual(stack.processes);
});

test('Azurite, the broker and the desk return on their ports, and tokens remain valid', async () => {
  const before = stack.processes;
  const token = await stack.token();
  // The host's client does not recover from a broker that ends while the connection is being made.
  await deliver(started, 'before the crash');

  for (const name of ['azurite', 'broker', 'desk'] as const) await stack.kill(name);
  for (const name of ['azurite', 'broker', 'desk'] as const) await stack.up(name);

  for (const [name, { pid, port }] of Object.entries(stack.processes)) {
    expect(port, name).toBe(before[name]?.port);
    expect(pid === before[name]?.pid, name).toBe(name === 'host');
  }
  await jwtVerify(token, createRemoteJWKSet(new URL(stack.jwksUrl)));
  await deliver(started, 'after the crash');
});

test('A restart stops the process gracefully and starts another one', async () => {
  const before = await hostPid();

  await stack.restart('host');

  expect(await hostPid()).not.toBe(before);
});

test('SIGKILL of the supervisor ends every process, even during a request', async () => {
  const data = join(folder, 'killed');
  const stack = await ready(runNode('local/start.ts', ...options(data)), data);
  const request = fetch(`${stack.running.url}/slow`).catch(() => undefined);
  await printed(stack, 'a slow request began');

  stack.child.kill('SIGKILL');

  await allEnded(stack);
  await request;
});

test('SIGKILL of npm, which leaves its shell waiting, ends every process', async () => {
  const data = join(folder, 'npm');
  const stack = await ready(runNpm('start', ...options(data)), data);

  stack.child.kill('SIGKILL');

  await allEnded(stack);
  expect(stack.output()).toMatch(
    new RegExp(`^Stopping\\. The parent process ${stack.child.pid} ended\\.$`, 'm'),
  );
});
