/**
 * A copy of the project to apply mutants to, so that the working tree never changes: every file that git tracks or
 * would track, and the packages by a link.
 */
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Mutant, occurrences } from './mutant.ts';

const repository = join(import.meta.dirname, '..', '..');
const run = promisify(execFile);

export interface Copy {
  folder: string;
  /** Applies a mutant; throws when its text does not occur exactly once. Returns the function that restores the file. */
  apply(mutant: Mutant): Promise<() => Promise<void>>;
  remove(): Promise<void>;
}

/** Makes a copy in a temporary folder. */
export async function makeCopy(): Promise<Copy> {
  const folder = await mkdtemp(join(tmpdir(), 'mutant-'));
  const listed = await run('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: repository,
    maxBuffer: 2 ** 24,
  });
  for (const file of listed.stdout.split('\0').filter(Boolean)) {
    await cp(join(repository, file), join(folder, file)).catch(ignoreMissing);
  }
  await symlink(join(repository, 'node_modules'), join(folder, 'node_modules'));
  return {
    folder,
    async apply({ name, file, before, after }) {
      const path = join(folder, file);
      const original = await readFile(path, 'utf8');
      const count = occurrences(before, original);
      if (count !== 1) throw new Error(`The text of ${name} occurs ${count} times in ${file}.`);
      await writeFile(
        path,
        original.replace(before, () => after),
      );
      return () => writeFile(path, original);
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** git lists a file that was deleted and not yet committed. */
function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
}
