/** `npm start` and `npm run token` as processes: what they print, how they refuse, and that nothing outlives them. */
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cartwright } from '../../cli/processes.ts';
import { buildFixtureApp } from './fixtureApp.ts';
import { allEnded, type Command, killCommands, ready, runNode, waitUntil } from './stackCommand.ts';

const guid = '22222222-2222-4222-8222-222222222222';

let folder: string;
let app: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'commands-'));
  app = join(folder, 'app');
  await buildFixtureApp(app);
});

afterAll(async () => {
  await killCommands();
  await rm(folder, { recursive: true, maxRetries: 50, retryDelay: 100 });
});

const dataFolder = () => mkdtemp(join(folder, 'data-'));
const options = (data: string) => ['--app', app, '--data', data, '--port', '0'];

async function outcome(command: Command) {
  return { code: await command.ended, output: command.output().trim() };
}

/** The same of `cartwright token`, which runs in this process. */
async function token(...args: string[]) {
  const { code, out, err } = await cartwright('token', ...args);
  return { code, output: `${out}${err}`.trim() };
}
const start = (...args: string[]) => outcome(runNode('local/start.ts', ...args));

describe.concurrent('The processes of a stack', { timeout: 180_000 }, () => {
  test('Two concurrent starts run one stack, which serves tokens; the other start prints its URL, and SIGTERM ends the stack', async () => {
    const data = await dataFolder();
    const both = [runNode('local/start.ts', ...options(data)), runNode('local/start.ts', ...options(data))];
    const refused = await Promise.race(both.map((command) => command.ended.then(() => command)));
    const winner = both.find((command) => command !== refused);
    const { running, output, child, ended, pids } = await ready(winner!, data);

    expect(await outcome(refused)).toEqual({
      code: 1,
      output: `A local stack already runs on this data folder: ${running.url} (process ${running.pid}). Use it, stop it, or start another with --port N --data DIR.`,
    });
    expect(output()).toContain(`Ready at ${running.url}`);
    expect(output()).toMatch(/about +GET +http/);
    expect(output()).not.toContain('\u001b');
    const [, printedToken] = /^TOKEN=(\S+)$/m.exec(output()) ?? [];
    expect(decodeJwt(String(printedToken))).toMatchObject({ scp: 'user_impersonation', amr: ['pwd', 'mfa'] });
    const other = await outcome(runNode('cli/cartwright.mjs', 'token', '--data', data, '--tenant', guid));
    expect(decodeJwt(other.output)).toMatchObject({ tid: guid, idtyp: 'app' });

    child.kill('SIGTERM');

    expect(await ended).toBe(0);
    expect(pids).toHaveLength(4);
    await allEnded({ ...winner!, running, pids });
    expect((await readdir(data)).sort()).toEqual(['azurite', 'host', 'issuer-key.pem']);
  });

  test('SIGTERM during the start ends it, and leaves no process and no run file', async () => {
    const data = await dataFolder();
    const command = runNode('local/start.ts', ...options(data));
    await waitUntil(() => existsSync(join(data, 'run.json')), 120_000);

    command.child.kill('SIGTERM');

    expect(await outcome(command)).toEqual({
      code: 1,
      output: 'Stopping. Received SIGTERM.\nThe stack was stopped while it was starting.',
    });
    expect(await readdir(data)).not.toContain('run.json');
  });
});

test('The option --help of npm start prints the options and starts nothing', async () => {
  const { code, output } = await start('--help');

  expect(code).toBe(0);
  for (const option of ['--port', '--data', '--fresh', '--traces', '--app', '--help']) {
    expect(output).toContain(`\n  ${option} `);
  }
});

test('An invalid command line prints one sentence that names the option, with exit code 2', async () => {
  const wrong = await Promise.all([
    start('--frsh'),
    start('--port', '70710'),
    start('--watch', '--app', app),
    start('--app', '/gone', '--data', '/gone'),
    start('--data='),
    token('--data', ' '),
    token('--tenant', 'contoso'),
    token('--user'),
  ]);

  expect(wrong).toEqual([
    { code: 2, output: "Unknown option '--frsh'." },
    { code: 2, output: "--port must be a port number from 0 to 65535, not '70710'." },
    { code: 2, output: `--watch needs an app with functions/main.ts, not ${app}.` },
    { code: 2, output: '--app must be the folder of an app, with host.json, not /gone.' },
    { code: 2, output: "--data must be the path of a folder, not ''." },
    { code: 2, output: "--data must be the path of a folder, not ' '." },
    { code: 2, output: "--tenant must be a GUID, not 'contoso'." },
    {
      code: 2,
      output: '--user must have a value.\nRun `npx cartwright token --help` for usage and examples.',
    },
  ]);
});

test('A token without a stack is rejected with exit code 3, and a start on a folder that is not writable with 1', async () => {
  const data = await dataFolder();
  await writeFile(join(data, 'a-file'), '');

  const [refused, unwritable] = await Promise.all([
    token('--data', data),
    start('--data', join(data, 'a-file', 'below')),
  ]);

  expect(refused).toEqual({ code: 3, output: `No local stack is running on ${data}; npm start starts one.` });
  expect(unwritable.code).toBe(1);
  expect(unwritable.output).toMatch(/^The data folder \S+ cannot be written \(ENOTDIR\)\.$/);
});
