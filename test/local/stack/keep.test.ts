/** One process kept running, with small processes that do what a test needs. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type Kept, keep } from '../../../local/stack/keep.ts';
import type { Ready } from '../../../local/stack/launch.ts';
import { runs } from './fixtureApp.ts';

const entries = {
  /** Serves until it is told to end. */
  sound: `
    process.on('message', ({ id, question }) => process.send({ kind: 'answer', id, value: question }));
    process.send({ kind: 'ready', port: Number(process.argv[2]) || 4000 });
  `,
  /** Does not end when it is asked to. */
  stubborn: `
    process.on('SIGTERM', () => {});
    process.on('disconnect', () => process.exit());
    process.send({ kind: 'ready', port: 4000 });
  `,
  /** Is ready the first time and never again. */
  broken: `
    if (process.argv[2]) throw new Error('It fell over.');
    process.send({ kind: 'ready', port: 4000 }, () => process.exit(3));
  `,
  refusing: `process.send({ kind: 'failed', reason: 'Port 4000 is taken.' }, () => process.exit(1));`,
  speechless: 'process.exit(7);',
};

let folder: string;
let kept: Kept | undefined;
let said: string[];
let printed: string[];
let givenUp: PromiseWithResolvers<string>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keep-'));
  for (const [name, code] of Object.entries(entries)) await writeFile(join(folder, `${name}.mjs`), code);
});

afterAll(() => rm(folder, { recursive: true }));

afterEach(async () => {
  await kept?.stop(0);
  kept = undefined;
});

async function start(entry: keyof typeof entries, pauseMs = 0): Promise<Kept> {
  said = [];
  printed = [];
  givenUp = Promise.withResolvers();
  kept = await keep({
    name: 'clerk',
    command: (last: Ready | undefined) => ({
      entry: join(folder, `${entry}.mjs`),
      args: last === undefined ? [] : [String(last.port)],
      environment: process.env,
      folder,
    }),
    say: (line) => said.push(line),
    onOutput: (line) => printed.push(line),
    onRestart: async () => void said.push('(restarted)'),
    onGiveUp: givenUp.resolve,
    pauseMs: () => pauseMs,
  });
  return kept;
}

test('a process that is killed is started again with the port it had, and one line says so', async () => {
  const clerk = await start('sound');
  const { pid } = clerk;

  process.kill(pid, 'SIGKILL');
  await expect.poll(() => said, { timeout: 10_000 }).toHaveLength(2);

  expect(said).toEqual(['The clerk ended (SIGKILL); starting it again on port 4000.', '(restarted)']);
  expect(clerk.ready.port).toBe(4000);
  expect(clerk.pid).not.toBe(pid);
  expect(runs(pid)).toBe(false);
});

test('after a kill, up waits for the next run', async () => {
  const clerk = await start('sound');
  const { pid } = clerk;

  await clerk.kill();
  expect(runs(pid)).toBe(false);
  await clerk.up();

  expect(runs(clerk.pid)).toBe(true);
  expect(await clerk.ask('who?')).toBe('who?');
});

test('kills on purpose are no failures, however many', async () => {
  const clerk = await start('sound');

  for (let kill = 0; kill < 7; kill += 1) {
    await clerk.kill();
    await clerk.up();
  }

  expect(said.filter((line) => line === '(restarted)')).toHaveLength(7);
});

test('after five failures in a row it is given up with a sentence that says why', async () => {
  const clerk = await start('broken');

  const sentence = await givenUp.promise;

  expect(sentence).toBe('The clerk failed 5 times in a row (Error: It fell over.); giving up.');
  expect(said).toEqual([
    'The clerk ended (exit code 3); starting it again on port 4000.',
    ...Array(4).fill('The clerk did not start: Error: It fell over.'),
  ]);
  await expect(clerk.up()).rejects.toThrow('giving up');
});

test('a first start that fails is not repeated, and its own sentence is kept', async () => {
  await expect(start('refusing')).rejects.toThrow('Port 4000 is taken.');
  await expect(start('speechless')).rejects.toThrow('It ended (exit code 7).');
  expect(said).toEqual([]);
});

test('a process that does not end when asked to is killed', async () => {
  const clerk = await start('stubborn');

  await clerk.stop(50);

  expect(runs(clerk.pid)).toBe(false);
  expect(said).toEqual([]);
});

test('a stop in the pause before a start is at once, and nothing starts afterwards', async () => {
  const clerk = await start('sound', 60_000);
  await clerk.kill();
  await expect.poll(() => said, { timeout: 10_000 }).toHaveLength(1);

  await clerk.stop(50);

  await expect(clerk.up()).rejects.toThrow('The clerk was stopped.');
  expect(runs(clerk.pid)).toBe(false);
});

test('a question to a process that ends is refused', async () => {
  const clerk = await start('stubborn');

  const answer = expect(clerk.ask('who?')).rejects.toThrow('The process ended (SIGKILL).');
  await clerk.kill();

  await answer;
});
