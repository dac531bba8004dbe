/** The term of a line item. */
import type { LineItemDraft } from './lineItem.ts';

const TERM_OF_DURATION = new Map([
  ['1month', 'P1M'],
  ['1year', 'P1Y'],
  ['3years', 'P3Y'],
]);

/**
 * The term that the caller names, or the one that the provisioning context implies: reservations of 2018 say it
 * there (docs/contract.md 8.5). An implied term is neither stored nor answered: it would come back
 * as the caller's own, and outlive a change of the duration (docs/contract.md 8.5).
 */
export function termOf({
  termDuration,
  provisioningContext,
}: Pick<LineItemDraft, 'termDuration' | 'provisioningContext'>): string | undefined {
  return termDuration ?? TERM_OF_DURATION.get(provisioningContext?.duration?.toLowerCase() ?? '');
}
