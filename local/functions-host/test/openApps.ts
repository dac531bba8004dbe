/**
 * A process that opens the apps in the folders of its arguments, and sends for each why it cannot start. The host uses a
 * process for each app; here, each app gets its own copy of @azure/functions instead.
 */
import { createRequire } from 'node:module';
import { openApp } from '../src/openApp.ts';
import { errorMessage } from '../src/startupError.ts';

const require = createRequire(import.meta.url);
const library = require.resolve('@azure/functions');

const reasons: (string | null)[] = [];
for (const folder of process.argv.slice(2)) {
  delete require.cache[library];
  reasons.push(await openApp(folder, () => {}).then(() => null, errorMessage));
}
process.send?.(reasons, undefined, undefined, () => process.exit());
