/** The files of the repository, for tests that read them as text. */
import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';

export const repository = join(import.meta.dirname, '..', '..');

/** Paths below these folders, relative to the repository, whose name matches. */
export const filesOf = (folders: readonly string[], name: RegExp): string[] =>
  folders.flatMap((folder) =>
    readdirSync(join(repository, folder), { recursive: true, withFileTypes: true })
      .filter(
        (entry) => entry.isFile() && name.test(entry.name) && !entry.parentPath.includes('node_modules'),
      )
      .map((entry) => relative(repository, join(entry.parentPath, entry.name))),
  );
