/** Builds the bundle before any test, so that every suite, even one that runs alone, tests the current code. */
import { join } from 'node:path';
import { buildIfChanged } from '../../scripts/buildIfChanged.ts';

export const setup = (): Promise<void> => buildIfChanged(join(import.meta.dirname, '../..'));
