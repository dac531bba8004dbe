/** Builds the bundle before any test, so that every suite, also one that is run alone, tests the present code. */
import { join } from 'node:path';
import { buildOnce } from '../../scripts/bundle.ts';

export const setup = (): Promise<void> => buildOnce(join(import.meta.dirname, '../..'));
