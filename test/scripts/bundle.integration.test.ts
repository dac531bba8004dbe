/** Builds of a small app: the files in `dist`, their order, and how long files of an earlier build are kept. */
import { mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { buildIfChanged } from '../../scripts/buildIfChanged.ts';
import { BuildError, Bundler, buildOnce, hasSources } from '../../scripts/bundle.ts';
import { eagerOutputs, type Meta } from '../../scripts/eagerCode.ts';

let folder: string;
let dist: string;
let bundler: Bundler;
/** Stays open, because the compiler's process ends with the last bundler that is closed. */
let other: Bundler;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bundle-'));
  dist = join(folder, 'dist');
  await mkdir(join(folder, 'functions'));
  await write('none');
  other = new Bundler(folder);
  await other.build();
});

afterAll(async () => {
  await other?.close();
  await rm(folder, { recursive: true });
});

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

/** The scripts that the entry imports, directly or not, at the start or on first use. */
async function reached(): Promise<string[]> {
  const names = new Set(['main.js']);
  for (const name of names) {
    const code = await readFile(join(dist, name), 'utf8');
    for (const [, next = ''] of code.matchAll(/"\.\/([\w-]+\.js)"/g)) names.add(next);
  }
  return [...names].sort();
}

const codeOf = async (names: readonly string[]) =>
  (await Promise.all(names.map((name) => readFile(join(dist, name), 'utf8')))).join('\n');

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

test('A bundle is built again when a source has another time or size, or a file of the bundle is missing', async () => {
  const longAgo = new Date('2020-01-01');
  const change = async (part: string, modified = longAgo) => {
    await writeFile(join(folder, 'functions/part.ts'), `export const part = 'part ${part}';`);
    for (const file of ['part.ts', 'main.ts'])
      await utimes(join(folder, 'functions', file), modified, modified);
  };
  const build = async () => {
    await buildIfChanged(folder);
    return codeOf(await reached());
  };

  await change('A');
  expect(await build()).toContain('part A');
  await change('B'); // with the same size and time, so that the code shows whether it was built
  expect(await build()).toContain('part A');
  await rm(join(dist, 'main.js'));
  expect(await build()).toContain('part B');
  await change('C', new Date('2020-01-02'));
  expect(await build()).toContain('part C');
  await change('DD', new Date('2020-01-02'));
  expect(await build()).toContain('part DD');
});

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
  const retired = (await reached()).filter((name) => name !== 'main.js');
  const longAgo = new Date(Date.now() - 48 * 3_600_000);
  const age = () => Promise.all(retired.map((name) => utimes(join(dist, name), longAgo, longAgo)));
  await age();

  await write('two');
  await bundler.build();
  expect(await scripts()).toEqual([...retired, ...(await reached())].sort());
  for (const name of retired)
    expect(Date.now() - (await stat(join(dist, name))).mtimeMs).toBeLessThan(3_600_000);

  await age();
  await bundler.build();
  expect(await scripts()).toEqual(await reached());
});

test('The entry is always complete during concurrent builds, and every chunk that it imports exists', async () => {
  await bundler.build();
  let building = true;
  let reads = 0;
  const reader = (async () => {
    for (; building; reads += 1) await reached(); // fails for a file that does not exist
  })();

  for (const text of ['two', 'three', 'four']) {
    await write(text);
    await Promise.all([bundler.build(), buildOnce(folder), buildOnce(folder)]);
  }
  building = false;
  await reader;

  expect(reads).toBeGreaterThan(0);
  expect(await codeOf(await reached())).toContain('four');
  expect(
    (await readdir(dist)).filter((name) => !/^(main|(chunk|part)-\w+)\.js(\.map)?$|^meta\.json$/.test(name)),
  ).toEqual([]);
});

test('What is loaded at the start is in one chunk, whatever part of it is used by code behind import()', async () => {
  await writeFile(join(folder, 'functions/shared.ts'), `export const one = () => 1, two = () => 2;`);
  await writeFile(
    join(folder, 'functions/part.ts'),
    `import { two } from './shared.ts'; console.log(two());`,
  );
  await writeFile(
    join(folder, 'functions/main.ts'),
    `import { one } from './shared.ts'; console.log(one()); void import('./part.ts');`,
  );

  await bundler.build();

  const meta = JSON.parse(await readFile(join(dist, 'meta.json'), 'utf8')) as Meta;
  expect(eagerOutputs(meta).map(({ inputs }) => Object.keys(inputs).sort())).toEqual([
    [],
    ['functions/main.ts', 'functions/shared.ts'],
  ]);
});
