/** The command `cartwright`: its help, its exit codes, its output, and as a process with the Node that runs it. */
import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { createWriteStream, existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { EXIT_CODES } from '../../cli/exitCodes.ts';
import { program } from '../../cli/main.ts';
import { exitCodeOf } from '../../cli/run.ts';
import { outputTo } from '../../cli/terminal.ts';
import packageJson from '../../package.json' with { type: 'json' };
import { cartwright, outcomeOf, repository, shell } from './processes.ts';

const COMMANDS = [
  [],
  ['bulk'],
  ['bulk', 'submit'],
  ['bulk', 'status'],
  ['bulk', 'follow'],
  ['bulk', 'items'],
  ['bulk', 'cancel'],
  ['bulk', 'retry'],
  ['bulk', 'list'],
  ['parked'],
  ['parked', 'list'],
  ['parked', 'show'],
  ['parked', 'replay'],
  ['events'],
  ['events', 'listen'],
  ['webhook'],
  ['webhook', 'receive'],
  ['catalog'],
  ['catalog', 'validate'],
  ['smoke'],
  ['token'],
];

describe('Help', () => {
  it.each(COMMANDS.map((command) => ({ command: command.join(' ') })))(
    'The help of "cartwright $command" has examples and all exit codes, and ends with exit code 0',
    async ({ command }) => {
      const { code, out, err } = await cartwright(...command.split(' ').filter(Boolean), '--help');

      expect({ code, err }).toEqual({ code: 0, err: '' });
      expect(out).toContain(`Usage: ${['cartwright', command].filter(Boolean).join(' ')}`);
      expect(out).toMatch(/Examples:\n {2}# .+\n {2}npx cartwright /);
      for (const exit of Object.values(EXIT_CODES)) expect(out).toMatch(new RegExp(`^ +${exit.code} `, 'm'));
      expect(out).not.toContain('\u001b');
    },
  );

  it('The command "cartwright help bulk" prints the help of "cartwright bulk"', async () => {
    expect(await cartwright('help', 'bulk')).toEqual(await cartwright('bulk', '--help'));
  });
});

describe('Alias scripts', () => {
  it.each(['bulk', 'parked', 'catalog', 'token'] as const)(
    'The script "npm run %s" runs the subcommand of that name',
    (name) => {
      expect(packageJson.scripts[name]).toBe(`node cli/cartwright.mjs ${name}`);
    },
  );
});

it('--version prints the version of the package', async () => {
  expect(await cartwright('--version')).toEqual({ code: 0, out: `${packageJson.version}\n`, err: '' });
});

it('An invalid command line prints one sentence to standard error, with a reference to the help, and has exit code 2', () => {
  expect(shell('$CARTWRIGHT bulk submit --colour')).toEqual({
    code: 2,
    out: '',
    err: "Unknown option '--colour'.\nRun `npx cartwright bulk submit --help` for usage and examples.\n",
  });
});

describe('Failures of standard output', () => {
  describe.runIf(existsSync('/dev/full'))('A full disk behind standard output', () => {
    /** The outcome of arguments in this process whose standard output is a full disk. */
    async function onFullDisk(...args: string[]) {
      const stream = createWriteStream('/dev/full');
      onTestFinished(() => void stream.destroy());
      const lines: string[] = [];
      const err = { line: (text: string) => void lines.push(text), failure: async () => undefined };
      return { code: await exitCodeOf(program, args, { out: outputTo(stream), err }), err: lines };
    }

    it('A full disk behind standard output causes a sentence and exit code 4', async () => {
      const err = 'Standard output cannot be written (ENOSPC).';

      expect(shell('$CARTWRIGHT catalog validate shared/catalog/sample.json > /dev/full')).toEqual({
        ...{ code: 4, out: '' },
        err: `${err}\n`,
      });
      expect(await onFullDisk('--help')).toEqual({ code: 4, err: [err] });
    });

    it('A failure of standard output does not hide another exit code', async () => {
      const { code, err } = await onFullDisk('catalog', 'validate', 'gone.json', '--json');

      expect([code, err]).toEqual([1, ['Standard output cannot be written (ENOSPC).']]);
    });
  });

  it('A closed pipe behind standard output causes exit code 4', () => {
    expect(shell('{ sleep 0.3; $CARTWRIGHT --version; echo "$?" >&2; } | true').err).toBe('4\n');
  });
});

describe('The Node version', () => {
  /** A checkout with other dependencies, in which an older Node is the current one. */
  async function olderNode(modules: readonly string[]) {
    const folder = await mkdtemp(join(tmpdir(), 'cartwright-node-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    await cp(join(repository, 'cli'), join(folder, 'cli'), { recursive: true });
    await cp(join(repository, 'package.json'), join(folder, 'package.json'));
    await mkdir(join(folder, 'node_modules'));
    const linked = ['shared', 'local', 'infra', ...modules.map((name) => `node_modules/${name}`)];
    for (const name of linked) await symlink(join(repository, name), join(folder, name));
    const pretend = "data:text/javascript,Object.defineProperty(process.versions,'node',{value:'20.20.2'})";
    const args = ['--import', pretend, join(folder, 'cli/cartwright.mjs'), 'token', '--help'];
    return outcomeOf(spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' }));
  }

  it('The command runs under the installed Node when the current one is too old', async () => {
    const { code, out, err } = await olderNode(['commander', 'node', 'jose', 'zod']);

    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain('Usage: cartwright token');
  });

  it('The command prints one sentence when the current Node is too old and none is installed', async () => {
    expect(await olderNode(['commander'])).toEqual({
      code: 2,
      out: '',
      err: 'cartwright needs Node 22.18 or newer, and this is 20.20.2: run npm ci without --ignore-scripts, which installs one, or install Node 24.\n',
    });
  });

  it('The command prints one sentence when its dependencies are missing', async () => {
    expect(await olderNode([])).toEqual({
      code: 2,
      out: '',
      err: 'cartwright needs its dependencies: run npm ci in its folder.\n',
    });
  });
});

it('A command that has ended leaves no signal listener in the process of the tests', async () => {
  const listeners = () => process.eventNames().map((name) => ({ name, count: process.listenerCount(name) }));
  const before = listeners();

  await cartwright('bulk', 'status', randomUUID(), '--data', join(tmpdir(), randomUUID()));

  expect(listeners()).toEqual(before);
});
