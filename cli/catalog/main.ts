/**
 * `npm run catalog -- validate FILE`: says whether a file can be the service's CATALOG_FILE, with the service's own
 * reader. Exit code 0 and one line when it can, 1 and every problem by its path when it cannot.
 */
import { loadCatalog } from '../../shared/loadCatalog.ts';
import { runCommand } from '../commandLine.ts';
import { BadOption, Refused } from '../refused.ts';

await runCommand(async () => {
  const [verb, file, ...more] = process.argv.slice(2);
  if (verb !== 'validate' || file === undefined || file.startsWith('-') || more.length > 0) {
    throw new BadOption('Usage: npm run catalog -- validate FILE');
  }
  const loaded = loadCatalog(file);
  if ('problems' in loaded) {
    const count = loaded.problems.length;
    throw new Refused(
      [`${file} has ${count} problem${count === 1 ? '' : 's'}.`, ...loaded.problems].join('\n  '),
    );
  }
  const { products, markets } = loaded.catalog;
  const addons = [...products.values()].filter(({ addonOf }) => addonOf).length;
  console.log(
    `${file} is a catalogue of ${products.size} products, ${addons} of them add-ons, in ${Object.keys(markets).join(', ')}.`,
  );
});
