/** Builds the bundle before any test, so that every suite, even one that runs alone, tests the current code. */
import { join } from 'node:path';
import { buildOnce } from '../../scripts/bundle.ts';

export const setup = (): Promise<void> => buildOnce(join(import.meta.dirname, '../..'));
