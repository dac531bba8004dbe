/** The deployment package: it has the files that the host reads and no others, and they suffice. */
import { spawnSync } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { routes } from '../../functions/http/routes.ts';
import { INFRA } from '../../scripts/infra/inputs.ts';
import { grants } from '../../scripts/infra/rules/access.ts';
import { appSettings } from '../../scripts/infra/rules/rule.ts';
import { stage } from '../../scripts/stage.ts';
import { VIEWER_MODULE } from '../../shared/openapi/viewer.ts';
import { readSnapshot } from './snapshots.ts';

const repository = join(INFRA, '..');
let folder: string;
let staged: string[];
let functions: { name: string; trigger: string; queue?: string }[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'package-'));
  staged = await stage({ target: folder });
  functions = functionsOf(folder);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

const filesOf = async (target: string) =>
  (await readdir(target, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(target.length + 1))
    .sort();

/** The functions that the package registers, loaded outside the repository with only the settings of the template. */
function functionsOf(target: string) {
  const settings = [...appSettings(readSnapshot('default'))].map(([name, value]) => [
    name,
    value.startsWith('<cartStorage') ? 'https://st.table.core.windows.net/' : value,
  ]);
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(import.meta.dirname, 'loadPackage.mjs'), target],
    { env: Object.fromEntries(settings), encoding: 'utf8' },
  );
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return JSON.parse(stdout);
}

it('The package has host.json, package.json and the bundle, and no other files', async () => {
  const files = await filesOf(folder);

  expect(files).toEqual(staged);
  expect(files.filter((file) => !/^dist\/[\w-]+\.js$/.test(file))).toEqual(['host.json', 'package.json']);
  expect(files).toContain('dist/main.js');
  expect(files).toContain(`dist/${VIEWER_MODULE}`);
});

it('The package has no chunk that dist/ does not reference', async () => {
  const chunk = join(repository, 'dist/chunk-EARLIER.js');
  await writeFile(chunk, '');
  const target = await mkdtemp(join(tmpdir(), 'package-'));
  try {
    expect(await stage({ target })).toEqual(staged);
  } finally {
    await Promise.all([rm(chunk), rm(target, { recursive: true })]);
  }
});

it('The package has no chunk of an earlier build, which dist/ keeps for running processes', async () => {
  const bundle = await mkdtemp(join(tmpdir(), 'bundle-'));
  await cp(join(repository, 'dist'), bundle, { recursive: true, filter: (file) => !file.endsWith('.map') });
  await writeFile(join(bundle, 'chunk-RETIRED1.js'), '');
  const target = join(bundle, 'staged');

  expect(await stage({ target, bundle })).toEqual(staged);
  await rm(bundle, { recursive: true });
});

it('The package has the viewer of the API reference', () => {
  expect(staged).toContain('dist/swagger-ui.js');
});

it('The package cannot be staged without a bundle', async () => {
  const empty = await mkdtemp(join(tmpdir(), 'bundle-'));

  await expect(stage({ target: join(empty, 'staged'), bundle: empty })).rejects.toThrow(/no bundle in dist/);
  await rm(empty, { recursive: true });
});

it('The package.json of the package has no dependencies and no scripts', async () => {
  expect(Object.keys(JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')))).toEqual([
    'name',
    'version',
    'private',
    'type',
    'main',
  ]);
});

it('The package has at most 2.75 MB, half a megabyte of which is the API reference', async () => {
  const sizes = await Promise.all(staged.map(async (file) => (await stat(join(folder, file))).size));

  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(2.75 * 1024 * 1024);
});

it('The package registers every function, and each part of it loads, outside the repository', () => {
  const names = functions.filter(({ trigger }) => trigger === 'httpTrigger').map(({ name }) => name);
  expect(names.sort()).toEqual([...routes.map(({ name }) => name), 'zAnyPath'].sort());
  expect(functions.filter(({ trigger }) => trigger !== 'httpTrigger')).toHaveLength(7);
});

/** The queue from which no function is triggered: an erasure removes parked messages. */
const RECEIVED_BY_ERASURE = ['parked'];

it('The package receives from exactly the queues and subscriptions on which the template grants Data Receiver', () => {
  const receives = grants(readSnapshot('default'))
    .filter(({ role }) => role === 'Azure Service Bus Data Receiver')
    .map(({ scope }) => scope.split('/').at(-1));
  const triggers = functions.flatMap(({ queue }) => queue ?? []);
  expect([...triggers, ...RECEIVED_BY_ERASURE].sort()).toEqual(receives.sort());
});

it('The package has the timer function that the alert on missing runs names', async () => {
  const { timerFunction } = JSON.parse(await readFile(join(INFRA, 'names.json'), 'utf8'));

  expect(functions.filter(({ trigger }) => trigger === 'timerTrigger').map(({ name }) => name)).toEqual([
    timerFunction,
  ]);
});

it('The package includes source maps on request, and a catalog inside the repository under its own path', async () => {
  const target = await mkdtemp(join(tmpdir(), 'package-'));
  const catalogFile = 'local/catalog.test.json';
  await writeFile(join(repository, catalogFile), '{}');
  try {
    const files = await stage({ target, hasMaps: true, catalogFile });

    expect(files).toContain('dist/main.js.map');
    expect(files).toContain(catalogFile);
    expect(await filesOf(target)).toEqual(files);
  } finally {
    await rm(join(repository, catalogFile));
    await rm(target, { recursive: true });
  }
});

it('The package does not include a catalog outside the repository, which a deployed app could not find', async () => {
  const target = await mkdtemp(join(tmpdir(), 'package-'));
  const outside = join(target, '..', 'catalog.json');

  expect(await stage({ target, catalogFile: outside })).toEqual(staged);
  expect(await stage({ target, catalogFile: '../catalog.json' })).toEqual(staged);
  await rm(target, { recursive: true });
});

it('Staging a package empties the target folder first', async () => {
  const target = await mkdtemp(join(tmpdir(), 'package-'));
  await cp(join(repository, 'tsconfig.json'), join(target, 'tsconfig.json'));
  await stage({ target });

  expect(await filesOf(target)).toEqual(staged);
  await rm(target, { recursive: true });
});
