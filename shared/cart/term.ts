/** The term of a line item. */
import type { LineItemDraft } from './lineItem.ts';

const TERM_OF_DURATION = new Map([
  ['1month', 'P1M'],
  ['1year', 'P1Y'],
  ['3years', 'P3Y'],
]);

/**
 * The term of a line item, or the one that its provisioning context implies (docs/contract.md 8.5). An implied term is
 * neither stored nor returned: the client would send it back as its own, and it would outlast a change of the duration.
 */
export function termOf({
  termDuration,
  provisioningContext,
}: Pick<LineItemDraft, 'termDuration' | 'provisioningContext'>): string | undefined {
  return termDuration ?? TERM_OF_DURATION.get(provisioningContext?.duration?.toLowerCase() ?? '');
}
