/** The error of a command on a Node that cannot run the sources, and the check for it in every command. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';

const repository = join(import.meta.dirname, '../..');

const CHECK = join(repository, 'scripts/checkNode.mjs');
const sentence = (version: string) =>
  `Cartwright needs Node 22.18 or newer and this is Node ${version}: run 'npm ci' without --ignore-scripts, which installs Node 24 for this project.`;

/** Runs the check in this process as if Node had this version: the exit codes and the lines that it prints. */
async function check(version: string): Promise<{ codes: unknown[]; printed: unknown[] }> {
  const versions = Object.getOwnPropertyDescriptor(process, 'versions');
  const exit = vi.spyOn(process, 'exit').mockReturnValue(undefined as never);
  const print = vi.spyOn(console, 'error').mockReturnValue(undefined);
  Object.defineProperty(process, 'versions', { ...versions, value: { ...process.versions, node: version } });
  try {
    // Another query is another module, which is evaluated again.
    await import(`${CHECK}?version=${version}`);
    return { codes: exit.mock.calls.flat(), printed: print.mock.calls.flat() };
  } finally {
    Object.defineProperty(process, 'versions', { ...versions });
    vi.restoreAllMocks();
  }
}

test('A process on a Node without type stripping ends with 1 and one sentence that states how to get another', () => {
  const pretend = "Object.defineProperty(process, 'versions', { value: { node: '20.20.2' } });";
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [
      ...['--import', `data:text/javascript,${encodeURIComponent(pretend)}`],
      ...['--import', './scripts/checkNode.mjs', '--eval', 'console.log("It runs.")'],
    ],
    { cwd: repository, encoding: 'utf8' },
  );

  expect({ status, stdout, stderr }).toEqual({ status: 1, stdout: '', stderr: `${sentence('20.20.2')}\n` });
});

test('Every version of Node without type stripping is rejected with that sentence', async () => {
  for (const version of ['20.20.2', '22.17.1', '23.5.0']) {
    expect(await check(version)).toEqual({ codes: [1], printed: [sentence(version)] });
  }
});

test('A Node with type stripping is accepted without output', async () => {
  for (const version of ['22.18.0', '23.6.0', '24.0.0', '26.1.0']) {
    expect(await check(version)).toEqual({ codes: [], printed: [] });
  }
});

test('Every script of package.json that runs a source checks the version first', () => {
  const { scripts } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  // The command line checks the version in its entry, and runs under the installed Node if necessary.
  const runs = Object.values(scripts).filter(
    (script) => /(^|\s)node\s/.test(script) && !script.startsWith('node cli/cartwright.mjs '),
  );

  expect(runs.length).toBeGreaterThan(0);
  expect(runs.filter((script) => !script.includes('node --import ./scripts/checkNode.mjs '))).toEqual([]);
});
