/** `npm start` and `npm run token` as processes: what they print, how they refuse, and that nothing outlives them. */
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BadOption } from '../../../cli/refused.ts';
import { readStartOptions } from '../../../local/stack/startOptions.ts';
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
  const { code, output } = await start('--help', '--port', 'invalid');

  expect(code).toBe(0);
  for (const option of ['--port', '--data', '--fresh', '--traces', '--app', '--help']) {
    expect(output).toContain(`\n  ${option} `);
  }
});

test('An invalid option of npm start is one sentence on standard error, with exit code 2', async () => {
  expect(await start('--frsh')).toEqual({ code: 2, output: "Unknown option '--frsh'." });
});

test.each([
  [['--port', '70710'], "--port must be a port number from 0 to 65535, not '70710'."],
  [['--watch', '--app', 'APP'], '--watch needs an app with functions/main.ts, not APP.'],
  [['--app', '/gone', '--data', '/gone'], '--app must be the folder of an app, with host.json, not /gone.'],
  [['--data='], "--data must be the path of a folder, not ''."],
  [['--help=5'], '--help must not have a value.'],
])('An invalid option of npm start is rejected by its name: %j', (args, sentence) => {
  const inApp = (text: string) => text.replace('APP', app);

  expect(() => readStartOptions(args.map(inApp), undefined)).toThrow(new BadOption(inApp(sentence)));
});

test('The port of npm start is that of the option, of the environment, or 7071', () => {
  const portOf = (args: string[], ofEnvironment?: string) => readStartOptions(args, ofEnvironment)?.port;

  expect([portOf(['--port', '0'], '80'), portOf([], '80'), portOf([], ''), portOf([])]).toEqual([
    0, 80, 7_071, 7_071,
  ]);
  expect(() => portOf([], 'x')).toThrow(
    new BadOption("PORT must be a port number from 0 to 65535, not 'x'."),
  );
});

test.each([
  [['--data', ' '], "--data must be the path of a folder, not ' '.\n"],
  [['--tenant', 'contoso'], "--tenant must be a GUID, not 'contoso'.\n"],
  [['--user'], '--user must have a value.\nRun `npx cartwright token --help` for usage and examples.\n'],
])(
  'An invalid option of cartwright token is rejected by its name, with exit code 2: %j',
  async (args, err) => {
    expect(await cartwright('token', ...args)).toEqual({ code: 2, out: '', err });
  },
);

test('A token without a stack is rejected with exit code 3', async () => {
  const data = await dataFolder();

  expect(await cartwright('token', '--data', data)).toEqual({
    code: 3,
    out: '',
    err: `No local stack is running on ${data}; npm start starts one.\n`,
  });
});
