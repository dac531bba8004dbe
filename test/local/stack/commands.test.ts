/** `npm start` and `npm run token` as processes: what they print, how they refuse, and that nothing outlives them. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { decodeJwt } from 'jose';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { type RunFile, readRunFile } from '../../../local/stack/runFile.ts';
import { buildFixtureApp, runs } from './fixtureApp.ts';

const local = join(import.meta.dirname, '../../../local');
const guid = '22222222-2222-4222-8222-222222222222';

let app: string;
let data: string;
let started: ChildProcess[] = [];

beforeAll(async () => {
  app = await mkdtemp(join(tmpdir(), 'app-'));
  await buildFixtureApp(app);
  return () => rm(app, { recursive: true });
});

beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), 'data-'));
});

afterEach(async () => {
  for (const child of started) child.kill('SIGKILL');
  started = [];
  await rm(data, { recursive: true, maxRetries: 20, retryDelay: 100 });
});

function run(command: 'start' | 'token', ...args: string[]) {
  const child = spawn(process.execPath, [join(local, `${command}.ts`), '--data', data, ...args]);
  started.push(child);
  const ended = once(child, 'exit').then(([code]) => code as number);
  return { child, ended, printed: text(child.stdout), complained: text(child.stderr) };
}

/** How a command ended that ends by itself. */
async function outcome(command: 'start' | 'token', ...args: string[]) {
  const { ended, printed, complained } = run(command, ...args);
  return { code: await ended, printed: await printed, complained: (await complained).trim() };
}

/** Starts the stack and waits until it has printed its greeting. */
async function startStack() {
  const stack = run('start', '--app', app, '--port', '0');
  const ready = Promise.withResolvers<string>();
  let said = '';
  stack.child.stdout.on('data', (chunk) => {
    said += String(chunk);
    if (said.includes('/carts')) ready.resolve(said);
  });
  const early = stack.ended.then(async (code) => {
    throw new Error(`It ended with ${code}: ${await stack.complained}`);
  });
  early.catch(() => undefined);
  const greeting = await Promise.race([ready.promise, early]);
  const running = (await readRunFile(join(data, 'run.json'))) as RunFile;
  return { ...stack, greeting, running, pids: Object.values(running.processes).map(({ pid }) => pid) };
}

test('the stack greets, serves tokens, keeps a second one out, and SIGTERM ends all of it', async () => {
  const { child, ended, greeting, running, pids } = await startStack();
  expect(greeting).toContain(`Ready at ${running.url}`);
  expect(greeting).toMatch(/about +GET +http/);
  expect(greeting).not.toContain('\u001b');
  const [, token] = /^TOKEN=(\S+)$/m.exec(greeting) ?? [];
  expect(decodeJwt(String(token))).toMatchObject({ scp: 'user_impersonation', amr: ['pwd', 'mfa'] });
  expect(pids).toHaveLength(3);

  const other = await outcome('token', '--tenant', guid);
  expect(other.code).toBe(0);
  expect(decodeJwt(other.printed)).toMatchObject({ tid: guid, idtyp: 'app' });

  const second = await outcome('start', '--app', app, '--port', '0');
  expect(second.code).toBe(1);
  expect(second.complained).toMatch(/^A local stack is at work on this data already at .+$/);

  child.kill('SIGTERM');
  expect(await ended).toBe(0);
  expect(pids.filter(runs)).toEqual([]);
  expect(await readdir(data)).toEqual(['azurite', 'host', 'issuer-key.pem']);
});

test('when the supervisor is killed, no process is left', async () => {
  const { child, pids } = await startStack();

  child.kill('SIGKILL');

  await expect.poll(() => pids.filter(runs), { timeout: 15_000 }).toEqual([]);
});

test('a command line that is wrong is one sentence that names what is, and exit code 2', async () => {
  const wrong = await Promise.all([
    outcome('start', '--frsh'),
    outcome('start', '--port', '70710'),
    outcome('token', '--tenant', 'contoso'),
    outcome('token', '--user'),
  ]);

  expect(wrong.map(({ code }) => code)).toEqual([2, 2, 2, 2]);
  expect(wrong.map(({ complained }) => complained)).toEqual([
    "Unknown option '--frsh'.",
    "--port must be a port number from 0 to 65535, not '70710'.",
    "--tenant must be a GUID, not 'contoso'.",
    "Option '--user <value>' argument missing.",
  ]);
});

test('without a stack there is no token, and a folder that cannot be written starts none: exit code 1', async () => {
  await writeFile(join(data, 'a-file'), '');

  const [token, start] = await Promise.all([
    outcome('token'),
    outcome('start', '--data', join(data, 'a-file', 'below')),
  ]);

  expect(token).toMatchObject({
    code: 1,
    complained: `No local stack is running on ${data}; npm start starts one.`,
  });
  expect(start.code).toBe(1);
  expect(start.complained).toMatch(/^The data folder \S+ cannot be written \(ENOTDIR\)\.$/);
});
