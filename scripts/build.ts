/** `npm run build`: builds dist/; a build that fails prints the compiler's report and ends with exit code 1. */
import { join } from 'node:path';
import { BuildError, buildOnce } from './bundle.ts';

try {
  await buildOnce(join(import.meta.dirname, '..'));
} catch (error) {
  if (!(error instanceof BuildError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
