/** The error of a command on a Node that cannot run the sources, and the check for it in every command. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const repository = join(import.meta.dirname, '../..');

/** Runs the check as if Node had this version. */
function check(version: string): { code: number | null; printed: string } {
  const pretend = `Object.defineProperty(process, 'versions', { value: { node: '${version}' } });`;
  const { status, stderr } = spawnSync(
    process.execPath,
    [
      ...['--import', `data:text/javascript,${encodeURIComponent(pretend)}`],
      ...['--import', './scripts/checkNode.mjs', '--eval', ''],
    ],
    { cwd: repository, encoding: 'utf8' },
  );
  return { code: status, printed: stderr };
}

test('A Node without type stripping is rejected with one sentence that states how to get another', () => {
  for (const version of ['20.20.2', '22.17.1', '23.5.0']) {
    expect(check(version)).toEqual({
      code: 1,
      printed: `Cartwright needs Node 22.18 or newer and this is Node ${version}: run 'npm ci' without --ignore-scripts, which installs Node 24 for this project.\n`,
    });
  }
});

test('A Node with type stripping is accepted without output', () => {
  for (const version of ['22.18.0', '23.6.0', '24.0.0', '26.1.0']) {
    expect(check(version)).toEqual({ code: 0, printed: '' });
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
