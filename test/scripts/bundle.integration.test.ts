/** Builds of a small app: the files in `dist`, their order, and how long files of an earlier build are kept. */
import { mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { BuildError, Bundler, buildOnce, hasSources } from '../../scripts/bundle.ts';

let folder: string;
let dist: string;
let bundler: Bundler;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bundle-'));
  dist = join(folder, 'dist');
  await mkdir(join(folder, 'functions'));
});

afterAll(() => rm(folder, { recursive: true }));

afterEach(() => bundler.close());

beforeEach(async () => {
  await rm(dist, { recursive: true, force: true });
  bundler = new Bundler(folder);
  await write('one');
});

/** The entry loads its part on first use; both change with the text. */
async function write(text: string): Promise<void> {
  await writeFile(join(folder, 'functions/part.ts'), `export const part = 'part ${text}';`);
  await writeFile(join(folder, 'functions/main.ts'), `console.log('${text}'); void import('./part.ts');`);
}

const scripts = async () => (await readdir(dist)).filter((name) => name.endsWith('.js')).sort();
const chunkOfEntry = async () =>
  /part-\w+\.js/.exec(await readFile(join(dist, 'main.js'), 'utf8'))?.[0] ?? '';

test('An app with functions/main.ts can be built, and another folder cannot', () => {
  expect(hasSources(folder)).toBe(true);
  expect(hasSources(dist)).toBe(false);
});

test('A build reports whether the code has changed', async () => {
  expect((await bundler.build()).changed).toBe(true);
  expect((await bundler.build()).changed).toBe(false);
  await writeFile(join(folder, 'functions/main.ts'), `// a comment\n${await entrySource()}`);
  expect((await bundler.build()).changed).toBe(false);
  await write('two');
  expect((await bundler.build()).changed).toBe(true);
});

const entrySource = () => readFile(join(folder, 'functions/main.ts'), 'utf8');

test('A build that fails throws the report of the compiler and leaves the files unchanged', async () => {
  await bundler.build();
  const before = await readFile(join(dist, 'main.js'), 'utf8');
  await writeFile(join(folder, 'functions/part.ts'), 'export const part = ;');

  const failure = await bundler.build().catch((error: unknown) => error);

  expect(failure).toBeInstanceOf(BuildError);
  expect((failure as Error).message).toMatch(/Unexpected ";"[\s\S]*functions\/part\.ts:1:/);
  expect(await readFile(join(dist, 'main.js'), 'utf8')).toBe(before);
  await write('corrected');
  expect((await bundler.build()).changed).toBe(true);
});

test('A chunk that a running process may still load is kept for a day after the first build without it', async () => {
  await bundler.build();
  const retired = await chunkOfEntry();
  const longAgo = new Date(Date.now() - 48 * 3_600_000);
  await utimes(join(dist, retired), longAgo, longAgo);

  await write('two');
  await bundler.build();
  expect(await scripts()).toEqual(['main.js', retired, await chunkOfEntry()].sort());
  expect(Date.now() - (await stat(join(dist, retired))).mtimeMs).toBeLessThan(3_600_000);

  await utimes(join(dist, retired), longAgo, longAgo);
  await bundler.build();
  expect(await scripts()).toEqual(['main.js', await chunkOfEntry()].sort());
});

test('The entry is always complete during concurrent builds, and every chunk that it imports exists', async () => {
  await bundler.build();
  let building = true;
  let reads = 0;
  const reader = (async () => {
    for (; building; reads += 1) expect(await scripts()).toContain(await chunkOfEntry());
  })();

  for (const text of ['two', 'three', 'four']) {
    await write(text);
    await Promise.all([bundler.build(), buildOnce(folder), buildOnce(folder)]);
  }
  building = false;
  await reader;

  expect(reads).toBeGreaterThan(0);
  expect(await readFile(join(dist, 'main.js'), 'utf8')).toContain('four');
  expect(
    (await readdir(dist)).filter((name) => !/^(main|part-\w+)\.js(\.map)?$|^meta\.json$/.test(name)),
  ).toEqual([]);
});
