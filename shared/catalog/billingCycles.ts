/** Billing cycles in the spelling that every SDK reads (docs/contract.md 6.4). */
export const BILLING_CYCLES = [
  'unknown',
  'monthly',
  'annual',
  'none',
  'one_time',
  'triennial',
  'biennial',
] as const;

export type BillingCycle = (typeof BILLING_CYCLES)[number];
