/** Checks a catalogue with the service's own reader. */
import { loadCatalog } from '../../shared/loadCatalog.ts';
import { fromCaller } from '../commandLine.ts';
import { EXIT_CODES } from '../exitCodes.ts';
import { Refused } from '../refused.ts';
import type { Output } from '../terminal.ts';
import type { CatalogRequest } from './command.ts';

/** Prints a summary of a valid catalogue; throws Refused with every problem of an invalid one. */
export function validate({ file, json }: CatalogRequest, out: Output): number {
  const loaded = loadCatalog(fromCaller(file));
  if ('problems' in loaded) {
    const { problems } = loaded;
    if (json) {
      out.line(JSON.stringify({ file, isValid: false, problems }));
      return EXIT_CODES.incomplete.code;
    }
    const count = `${problems.length} problem${problems.length === 1 ? '' : 's'}`;
    throw new Refused([`${file} has ${count}.`, ...problems].join('\n  '));
  }
  const { products, markets } = loaded.catalog;
  const addons = [...products.values()].filter(({ addonOf }) => addonOf).length;
  const names = Object.keys(markets);
  out.line(
    json
      ? JSON.stringify({ file, isValid: true, products: products.size, addons, markets: names })
      : `${file} is a catalogue of ${products.size} products, ${addons} of them add-ons, in ${names.join(', ')}.`,
  );
  return EXIT_CODES.done.code;
}
