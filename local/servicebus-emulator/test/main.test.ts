/** The command: start, connection string, shutdown, and errors in arguments and configuration. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { runCommand } from '../src/command.ts';
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

interface Started {
  readonly child: ChildProcess;
  /** What the process has printed so far. */
  readonly printed: { stdout: string; stderr: string };
  /** Resolves to the exit code when the process has ended and all its output has arrived. */
  readonly ended: Promise<number | null>;
}

/** Starts the command as a child process with an IPC channel. */
function start(...args: string[]): Started {
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const printed = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.on('data', (chunk) => {
      printed[name] += chunk;
    });
  }
  // Not the event `close`: it is not emitted for a child whose IPC channel was disconnected.
  const streams = [child.stdout, child.stderr].map((stream) => stream && finished(stream));
  const ended = Promise.all([once(child, 'exit'), ...streams]).then(() => child.exitCode);
  return { child, printed, ended };
}

/** Runs a command line that starts no emulator in this process. */
async function run(...args: string[]): Promise<{ exitCode: number; stdout: string; stderr: string }> {
  const printed = { stdout: '', stderr: '' };
  const into = (name: keyof typeof printed) => ({
    write: (text: string) => {
      printed[name] += text;
    },
  });
  const result = await runCommand(args, { stdout: into('stdout'), stderr: into('stderr') });
  if ('exitCode' in result) return { ...printed, ...result };
  await result.emulator.close();
  throw new Error('The command started an emulator.');
}

test.each<[string, (child: ChildProcess) => void]>([
  ['SIGTERM', (child) => child.kill('SIGTERM')],
  ['SIGINT', (child) => child.kill('SIGINT')],
  ['the loss of its IPC channel', (child) => child.disconnect()],
])(
  'The command prints a connection string with which a client can send and receive, and exits with code 0 within 5 seconds of %s',
  async (_cause, stop) => {
    const { child, printed, ended } = start('--config', await configFile(CONFIG), '--port', '0');
    const [ready] = (await once(child, 'message')) as [Ready];
    const client = connect(ready.connectionString);
    await client.createSender('orders').sendMessages({ body: 'hello', timeToLive: 60_000 });
    const message = await receiveOne(client.createReceiver('orders'));

    const startedMs = performance.now();
    stop(child);
    const code = await ended;

    expect(code).toBe(0);
    expect(performance.now() - startedMs).toBeLessThan(5_000);
    expect(message.body).toBe('hello');
    expect(printed).toEqual({
      stdout:
        `Service Bus emulator is listening on 127.0.0.1:${ready.port}.\n` +
        `Queues: orders\nTopics: events\nConnection string: ${ready.connectionString}\n`,
      stderr: '',
    });
  },
);

test('The command prints its usage with --help', async () => {
  const { exitCode, stdout } = await run('--help');

  expect(exitCode).toBe(0);
  expect(stdout).toContain('Usage: servicebus-emulator --config FILE');
});

test('The process of a command that fails prints the error to stderr and ends with the exit code', async () => {
  const { printed, ended } = start('--port', '0');

  const code = await ended;

  expect(printed).toEqual({ stdout: '', stderr: 'servicebus-emulator: --config is required.\n' });
  expect(code).toBe(2);
});

test.each([
  ['a missing --config', [], '--config is required.'],
  ['an invalid port', ['--port', '70000'], '--port must be an integer from 0 to 65535.'],
  ['an unknown option', ['--verbose'], "Unknown option '--verbose'"],
  ['a missing file', ['--config', '/nowhere/servicebus.json'], 'no such file'],
])('The command exits with code 2 for %s', async (_what, args, text) => {
  const { exitCode, stderr } = await run(...args);

  expect(stderr).toContain(`servicebus-emulator: `);
  expect(stderr).toContain(text);
  expect(exitCode).toBe(2);
});

test.each([
  ['invalid JSON', '{', 'is not valid JSON'],
  ['an array', '[]', 'must contain an object with "queues" and "topics".'],
  ['an unknown property', '{"queue":{}}', 'contains unknown properties: queue.'],
  ['an unsupported feature', '{"queues":{"q":{"requiresSession":true}}}', 'requiresSession (queue "q")'],
])('The command exits with code 2 for a configuration with %s', async (_what, content, text) => {
  const { exitCode, stderr } = await run('--config', await configFile(content), '--port', '0');

  expect(stderr).toContain(text);
  expect(exitCode).toBe(2);
});

test('The command exits with code 1 when its port is in use', async () => {
  const emulator = await startServiceBus({ entities: {} });
  onTestFinished(() => emulator.close());

  const { exitCode, stderr } = await run('--config', await configFile(CONFIG), '--port', `${emulator.port}`);

  expect(stderr).toContain('address already in use');
  expect(exitCode).toBe(1);
});
