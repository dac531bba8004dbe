/** The committed snapshots, which `npm run infra:check` keeps equal to what the compiler says. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SNAPSHOTS, scenarios } from '../../scripts/infra/inputs.ts';
import type { Snapshot } from '../../scripts/infra/snapshot.ts';

/** A fresh copy, which a test may change. */
export const readSnapshot = (scenario: string): Snapshot =>
  JSON.parse(readFileSync(join(SNAPSHOTS, `${scenario}.json`), 'utf8'));

export { scenarios };
