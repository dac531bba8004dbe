/** The workflows run commands that exist. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { INFRA } from '../../scripts/infra/inputs.ts';

const repository = join(INFRA, '..');
const workflows = join(repository, '.github/workflows');
const texts = readdirSync(workflows).map((file) => readFileSync(join(workflows, file), 'utf8'));
const { scripts } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8'));

it('Workflows run npm scripts that package.json has', () => {
  const run = texts.flatMap((text) => [...text.matchAll(/npm run ([\w:]+)/g)].map(([, name]) => name ?? ''));

  expect(run).toContain('build');
  expect(run.filter((name) => !(name in scripts))).toEqual([]);
});

it('Workflows run programs of the repository that exist', () => {
  const run = texts.flatMap((text) => [...text.matchAll(/run: (\.[\w./-]+)/g)].map(([, path]) => path ?? ''));

  expect(run).toContain('.ci/run');
  expect(run.filter((path) => !existsSync(join(repository, path)))).toEqual([]);
});

it('The deployment authenticates with OpenID Connect and uses no secret', () => {
  const deploy = readFileSync(join(workflows, 'deploy.yml'), 'utf8');

  expect(deploy).toContain('id-token: write');
  expect(deploy).toContain('cartwright smoke --url');
  expect(deploy).not.toMatch(/secrets\./);
});
