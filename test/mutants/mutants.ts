/** Every mutant. */
import { BULK_MUTANTS } from './bulkMutants.ts';
import { CHECKOUT_MUTANTS } from './checkoutMutants.ts';
import type { Mutant } from './mutant.ts';
import { ERASURE_MUTANTS, WEBHOOK_MUTANTS } from './noticeMutants.ts';
import { ACCESS_MUTANTS, GATEWAY_MUTANTS, STORAGE_MUTANTS, SWEEP_MUTANTS } from './otherMutants.ts';
import { PAGE_MUTANTS } from './pageMutants.ts';
import { REPEAT_MUTANTS } from './repeatMutants.ts';
import { TOKEN_MUTANTS } from './tokenMutants.ts';

export const MUTANTS: readonly Mutant[] = [
  ...CHECKOUT_MUTANTS,
  ...SWEEP_MUTANTS,
  ...PAGE_MUTANTS,
  ...STORAGE_MUTANTS,
  ...GATEWAY_MUTANTS,
  ...ACCESS_MUTANTS,
  ...BULK_MUTANTS,
  ...REPEAT_MUTANTS,
  ...TOKEN_MUTANTS,
  ...WEBHOOK_MUTANTS,
  ...ERASURE_MUTANTS,
];
