/**
 * A copy of the project to plant faults in, so that the working tree stays as it is whatever happens: every file
 * that git knows or would know, and the packages by a link.
 */
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Fault, occurrences } from './fault.ts';

const repository = join(import.meta.dirname, '..', '..');
const run = promisify(execFile);

export interface Copy {
  folder: string;
  /** Puts the fault in; throws when its place is not found exactly once. Returns what takes it out again. */
  plant(fault: Fault): Promise<() => Promise<void>>;
  remove(): Promise<void>;
}

/** Makes a copy in a folder of its own. */
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
    async plant({ name, file, before, after }) {
      const path = join(folder, file);
      const original = await readFile(path, 'utf8');
      const count = occurrences(before, original);
      if (count !== 1) throw new Error(`The place of ${name} is found ${count} times in ${file}.`);
      await writeFile(
        path,
        original.replace(before, () => after),
      );
      return () => writeFile(path, original);
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** A file that was deleted and not yet committed is listed, and is not there. */
function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
}
