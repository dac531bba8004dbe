/** The command: start, connection string, shutdown, and errors in arguments and configuration. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { startServiceBus } from '../src/emulator.ts';
import { connect, receiveOne } from './fixture.ts';

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));
const CONFIG = JSON.stringify({ queues: { orders: {} }, topics: { events: { subscriptions: { all: {} } } } });

interface Ready {
  readonly port: number;
  readonly connectionString: string;
}

async function configFile(content: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'servicebus-emulator-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, 'servicebus.json');
  await writeFile(file, content);
  return file;
}

/** Starts the command as a child process with an IPC channel. */
function run(...args: string[]): ChildProcess {
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

async function startCommand(): Promise<{ child: ChildProcess; ready: Ready; output: () => string }> {
  const child = run('--config', await configFile(CONFIG), '--port', '0');
  let output = '';
  child.stdout?.on('data', (chunk) => {
    output += chunk;
  });
  const [ready] = await once(child, 'message');
  return { child, ready, output: () => output };
}

/** Runs the command to its end. */
async function runToEnd(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const child = run(...args);
  const texts = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.on('data', (chunk) => {
      texts[name] += chunk;
    });
  }
  const [code] = await once(child, 'close');
  return { code, ...texts };
}

test('The command prints a connection string with which a client can send and receive', async () => {
  const { ready, output } = await startCommand();
  const client = connect(ready.connectionString);

  await client.createSender('orders').sendMessages({ body: 'hello' });
  const message = await receiveOne(client.createReceiver('orders'));

  expect(message.body).toBe('hello');
  expect(output()).toBe(
    `Service Bus emulator is listening on 127.0.0.1:${ready.port}.\n` +
      `Queues: orders\nTopics: events\nConnection string: ${ready.connectionString}\n`,
  );
});

test.each<[string, (child: ChildProcess) => void]>([
  ['SIGTERM', (child) => child.kill('SIGTERM')],
  ['SIGINT', (child) => child.kill('SIGINT')],
  ['the loss of its IPC channel', (child) => child.disconnect()],
])('The command exits with code 0 within 5 seconds of %s, with a client connected', async (_cause, stop) => {
  const { child, ready } = await startCommand();
  const client = connect(ready.connectionString);
  await client.createSender('orders').sendMessages({ body: 1, timeToLive: 60_000 });
  await receiveOne(client.createReceiver('orders'));

  const exited = once(child, 'exit');
  const startedMs = performance.now();
  stop(child);
  const [code] = await exited;

  expect(code).toBe(0);
  expect(performance.now() - startedMs).toBeLessThan(5_000);
});

test('The command prints its usage with --help', async () => {
  const { code, stdout } = await runToEnd('--help');

  expect(code).toBe(0);
  expect(stdout).toContain('Usage: servicebus-emulator --config FILE');
});

test.each([
  ['a missing --config', [], '--config is required.'],
  ['an invalid port', ['--port', '70000'], '--port must be an integer from 0 to 65535.'],
  ['an unknown option', ['--verbose'], "Unknown option '--verbose'"],
  ['a missing file', ['--config', '/nowhere/servicebus.json'], 'no such file'],
])('The command exits with code 2 for %s', async (_what, args, text) => {
  const { code, stderr } = await runToEnd(...args);

  expect(stderr).toContain(`servicebus-emulator: `);
  expect(stderr).toContain(text);
  expect(code).toBe(2);
});

test.each([
  ['invalid JSON', '{', 'is not valid JSON'],
  ['an array', '[]', 'must contain an object with "queues" and "topics".'],
  ['an unknown property', '{"queue":{}}', 'contains unknown properties: queue.'],
  ['an unsupported feature', '{"queues":{"q":{"requiresSession":true}}}', 'requiresSession (queue "q")'],
])('The command exits with code 2 for a configuration with %s', async (_what, content, text) => {
  const { code, stderr } = await runToEnd('--config', await configFile(content), '--port', '0');

  expect(stderr).toContain(text);
  expect(code).toBe(2);
});

test('The command exits with code 1 when its port is in use', async () => {
  const emulator = await startServiceBus({ entities: {} });
  onTestFinished(() => emulator.close());

  const { code, stderr } = await runToEnd('--config', await configFile(CONFIG), '--port', `${emulator.port}`);

  expect(stderr).toContain('address already in use');
  expect(code).toBe(1);
});
