/** One supervised process, with small processes that behave as a test needs. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { isRunning } from '../../local/stack/ancestors.ts';
import type { Ready } from '../../local/stack/launch.ts';
import { Supervised } from '../../local/stack/supervise.ts';

const entries = {
  /** Serves until it is asked to end. */
  sound: `
    process.on('message', ({ id, question }) => process.send({ kind: 'answer', id, value: question }));
    process.send({ kind: 'ready', port: Number(process.argv[2]) || 4000 });
  `,
  /** Ignores SIGTERM. */
  stubborn: `
    process.on('SIGTERM', () => {});
    process.on('disconnect', () => process.exit());
    process.send({ kind: 'ready', port: 4000 });
  `,
  /** Starts the first time and then only while the file that it is given exists. */
  fragile: `
    import { existsSync } from 'node:fs';
    if (process.argv[2] && !existsSync('sound')) throw new Error('It fell over.');
    process.on('message', () => {});
    process.send({ kind: 'ready', port: 4000 });
  `,
  /** Takes longer to start than any test waits, and ignores SIGTERM meanwhile. */
  slow: `
    process.on('SIGTERM', () => {});
    process.on('disconnect', () => process.exit());
    console.log('starting');
  `,
  refusing: `process.send({ kind: 'failed', reason: 'Port 4000 is in use.' }, () => process.exit(1));`,
  silent: 'process.exit(7);',
};

let folder: string;
let supervised: Supervised | undefined;
let logged: string[];
let printed: string[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'supervise-'));
  for (const [name, code] of Object.entries(entries)) await writeFile(join(folder, `${name}.mjs`), code);
});

afterAll(() => rm(folder, { recursive: true }));

afterEach(async () => {
  await supervised?.stop(0);
  supervised = undefined;
  await rm(join(folder, 'sound'), { force: true });
});

/** `pauseMs` is the pause after each failure in a row; none before the first. */
async function start(entry: keyof typeof entries, pauseMs = 0): Promise<Supervised> {
  logged = [];
  printed = [];
  supervised = new Supervised({
    name: 'clerk',
    command: (last: Ready | undefined) => ({
      entry: join(folder, `${entry}.mjs`),
      args: last === undefined ? [] : [String(last.port)],
      environment: process.env,
      folder,
    }),
    log: (line) => logged.push(line),
    onOutput: (line) => printed.push(line),
    onRestart: async () => void logged.push('(running)'),
    backoffMs: (failures) => failures * pauseMs,
  });
  await supervised.begin();
  return supervised;
}

const restarts = () => logged.filter((line) => line === '(running)').length;

test('A process that is killed from outside repeatedly is restarted each time, after a growing pause', async () => {
  const clerk = await start('sound', 10);
  const { pid } = clerk;

  for (let kill = 1; kill <= 6; kill += 1) {
    process.kill(clerk.pid, 'SIGKILL');
    await expect.poll(restarts, { timeout: 10_000 }).toBe(kill);
  }

  expect(logged.filter((line) => line !== '(running)')).toEqual(
    [10, 20, 30, 40, 50, 60].map(
      (ms) => `The clerk ended (SIGKILL). Restarting it on port 4000 in ${ms / 1000} s.`,
    ),
  );
  expect(clerk.ready.port).toBe(4000);
  expect(isRunning(pid)).toBe(false);
  expect(isRunning(clerk.pid)).toBe(true);
});

test('After a kill, up() waits for the next run', async () => {
  const clerk = await start('sound');
  const { pid } = clerk;

  await clerk.kill();
  expect(isRunning(pid)).toBe(false);
  await clerk.up();

  expect(isRunning(clerk.pid)).toBe(true);
  expect(await clerk.ask('who?')).toBe('who?');
});

test('A requested kill is not a failure and does not lengthen the pause', async () => {
  const clerk = await start('sound', 60_000);

  for (let kill = 0; kill < 2; kill += 1) {
    await clerk.kill();
    await clerk.up();
  }

  expect(restarts()).toBe(2);
});

test('A process that does not start is started again until it does, with the reason each time', async () => {
  const clerk = await start('fragile', 5);

  await clerk.kill();
  await expect.poll(() => logged.length, { timeout: 20_000 }).toBeGreaterThan(3);
  await writeFile(join(folder, 'sound'), '');
  await clerk.up();

  expect(logged.slice(0, 3)).toEqual([
    'The clerk ended (SIGKILL). Restarting it on port 4000 in 0 s.',
    'The clerk did not start (Error: It fell over). Next attempt in 0.005 s.',
    'The clerk did not start (Error: It fell over). Next attempt in 0.01 s.',
  ]);
  expect(logged.at(-1)).toBe('(running)');
});

test('A restart that fails rejects with the reason, and the next restart does not wait for the pause', async () => {
  const clerk = await start('fragile', 60_000);

  await expect(clerk.restart()).rejects.toThrow('Error: It fell over.');
  await writeFile(join(folder, 'sound'), '');
  await clerk.restart();

  expect(logged).toEqual([
    'The clerk did not start (Error: It fell over). Next attempt in 60 s.',
    '(running)',
  ]);
});

test('A restart of a process that ignores SIGTERM kills it after the grace period', async () => {
  const clerk = await start('stubborn');
  const { pid } = clerk;

  await clerk.restart(20);

  expect(isRunning(pid)).toBe(false);
  expect(isRunning(clerk.pid)).toBe(true);
});

test('A first start that fails is not repeated, and rejects with its reason', async () => {
  await expect(start('refusing')).rejects.toThrow('Port 4000 is in use.');
  await expect(start('silent')).rejects.toThrow('It ended (exit code 7).');
  expect(logged).toEqual([]);
});

test('A process that ignores SIGTERM is killed by a stop', async () => {
  const clerk = await start('stubborn');

  await clerk.stop(50);

  expect(isRunning(clerk.pid)).toBe(false);
  expect(logged).toEqual([]);
});

test('A stop during a start kills the process without waiting for the grace period', async () => {
  const starting = start('slow');
  starting.catch(() => undefined);
  await expect.poll(() => printed, { timeout: 20_000 }).toContain('starting');
  const began = performance.now();

  await supervised?.stop(60_000);

  expect(performance.now() - began).toBeLessThan(30_000);
  await expect(starting).rejects.toThrow('It ended (SIGKILL).');
});

test('A stop during the pause before a start returns immediately, and nothing starts afterwards', async () => {
  const clerk = await start('sound', 60_000);
  process.kill(clerk.pid, 'SIGKILL');
  await expect.poll(() => logged, { timeout: 10_000 }).toHaveLength(1);

  await clerk.stop(50);

  await expect(clerk.up()).rejects.toThrow('The clerk was stopped.');
  expect(isRunning(clerk.pid)).toBe(false);
});

test('A request to a process that ends without a response rejects', async () => {
  const clerk = await start('stubborn');

  const answer = expect(clerk.ask('who?')).rejects.toThrow('The process ended (SIGKILL).');
  await clerk.kill();

  await answer;
});
