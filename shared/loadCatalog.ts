/**
 * The catalogue on disk: read once, when the app starts or when the operator has it validated. Whatever is
 * wrong with it, from a missing file to a misspelt member, is a sentence each.
 */
import { readFileSync } from 'node:fs';
import type { Catalog } from './catalog/catalog.ts';
import { readCatalog } from './catalog/readCatalog.ts';
import type { Settings } from './config.ts';

const PROBLEMS_SHOWN = 5;

/**
 * The catalogue of these settings, if they name one. Throws the name of the setting with the first problems
 * when the file is wrong, or has nothing for the market: a service without its catalogue would sell anything.
 */
export function openCatalog({
  CATALOG_FILE: file,
  DEFAULT_COUNTRY: market,
}: Pick<Settings, 'CATALOG_FILE' | 'DEFAULT_COUNTRY'>): Catalog | undefined {
  if (file === undefined) return undefined;
  const loaded = loadCatalog(file);
  if ('catalog' in loaded) {
    if (loaded.catalog.markets[market]) return loaded.catalog;
    throw new Error(`CATALOG_FILE: ${file} has no market ${market}, which DEFAULT_COUNTRY names.`);
  }
  const { problems } = loaded;
  const more = problems.length - PROBLEMS_SHOWN;
  const shown = [...problems.slice(0, PROBLEMS_SHOWN), ...(more > 0 ? [`… and ${more} more`] : [])];
  throw new Error([`CATALOG_FILE: ${file} is not a catalogue.`, ...shown].join('\n  '));
}

/** The catalogue in a file (a relative path is from the working directory, which is the app folder), or all problems with it. */
export function loadCatalog(file: string): { catalog: Catalog } | { problems: string[] } {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(file, 'utf8').replace(/^\uFEFF/, ''));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return {
      problems: [error instanceof SyntaxError ? 'must be JSON' : `cannot be read (${code ?? message})`],
    };
  }
  const read = readCatalog(json);
  if ('catalog' in read) return read;
  return { problems: read.problems.map(({ path, message }) => (path ? `${path}: ${message}` : message)) };
}
