/** The command that an operator runs before naming a file in CATALOG_FILE. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';

const repository = join(import.meta.dirname, '../../..');
const folder = mkdtempSync(join(tmpdir(), 'catalog-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs `npm run catalog -- …` without npm. */
function run(...args: string[]) {
  const command = [join(repository, 'cli/catalog/main.ts'), ...args];
  const { status, stdout, stderr } = spawnSync(process.execPath, command, {
    cwd: repository,
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

it('sums a right catalogue up in one line', () => {
  const file = 'shared/catalog/sample.json';

  expect(run('validate', file)).toEqual({
    status: 0,
    stdout: `${file} is a catalogue of 16 products, 3 of them add-ons, in US, CA, GB, DE, CH.\n`,
    stderr: '',
  });
});

it('names every problem of a wrong one by its path, and fails', () => {
  const file = join(folder, 'wrong.json');
  const product = { id: 'MS-AZR-1', titel: 'Azure', billingCycles: { monthly: ['1Month'] } };
  writeFileSync(file, JSON.stringify({ markets: { US: ['USD'] }, products: [product] }));

  const { status, stdout, stderr } = run('validate', file);

  expect([status, stdout]).toEqual([1, '']);
  expect(stderr.trimEnd().split('\n').sort()).toEqual([
    '  products[0].billingCycles.monthly[0]: should be an ISO 8601 duration such as P1Y',
    '  products[0].titel: has no meaning here',
    '  products[0].title: is missing',
    `${file} has 3 problems.`,
  ]);
});

it('says that a file cannot be read', () => {
  const { status, stderr } = run('validate', join(folder, 'nothing.json'));

  expect(status).toBe(1);
  expect(stderr).toContain('has 1 problem.\n  cannot be read (ENOENT)');
});

it.each([
  ['nothing', []],
  ['no file', ['validate']],
  ['another verb', ['print', 'shared/catalog/sample.json']],
  ['an option', ['validate', '--all']],
  ['two files', ['validate', 'a.json', 'b.json']],
])('with %s prints its usage', (_, args) => {
  expect(run(...args)).toEqual({
    status: 2,
    stdout: '',
    stderr: 'Usage: npm run catalog -- validate FILE\n',
  });
});
