/**
 * What the snapshots are computed from, with hashes: a machine without the compiler can recognize that a snapshot is out
 * of date, though not compute a new one.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

export const INFRA = join(import.meta.dirname, '../../infra');
export const SNAPSHOTS = join(INFRA, 'snapshots');

/** The list of hashes beside the snapshots, in the format of `sha256sum`. */
export const HASHES = join(SNAPSHOTS, 'inputs.sha256');

/** Scenarios: the names of the parameter files. */
export const scenarios = (): string[] =>
  readdirSync(SNAPSHOTS)
    .filter((file) => file.endsWith('.bicepparam'))
    .map((file) => file.replace('.bicepparam', ''))
    .sort();

const REFUSED = join(SNAPSHOTS, 'refused');

/** Parameters that the template refuses, each with the beginning of the message, which is the first line of the file. */
export const refusals = (): { file: string; message: string }[] =>
  readdirSync(REFUSED)
    .sort()
    .map((name) => {
      const file = join(REFUSED, name);
      return { file, message: /^\/\/ (.+)$/m.exec(readFileSync(file, 'utf8'))?.[1] ?? '' };
    });

/** The content that the list should have: one line for each file that the compiler reads. */
export function inputHashes(): string {
  return readdirSync(INFRA, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(INFRA, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((file) => /\.(bicep|bicepparam)$/.test(file) || (file.endsWith('.json') && !file.includes('/')))
    .filter((file) => file !== 'main.parameters.json') // read by azd, not by the compiler
    .sort()
    .map(
      (file) =>
        `${createHash('sha256')
          .update(readFileSync(join(INFRA, file)))
          .digest('hex')}  ${file}\n`,
    )
    .join('');
}
