/**
 * The partner's word for the partner on record: a cart that names additional resellers needs it. It stays with
 * the cart, because most SDKs drop the member from what they send back.
 */
import { type ApiError, apiError } from '../errors.ts';
import { flatten, type LineItemDraft } from './lineItem.ts';

/** The error of line items that name additional resellers in a cart without the attestation (docs/contract.md 8.8). */
export function checkAttestation(
  lineItems: readonly LineItemDraft[],
  isAccepted: boolean | undefined,
): ApiError | undefined {
  const names = ({ participants = [] }: LineItemDraft) =>
    participants.some(({ key }) => key === 'additional_transaction_reseller');
  if (isAccepted || !flatten(lineItems).some(names)) return undefined;
  const path = 'partnerOnRecordAttestationAccepted';
  return apiError('attestationMissing', `Additional resellers need ${path} to be true.`, {
    data: [{ path, message: 'should be true' }],
  });
}
