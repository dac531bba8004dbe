/**
 * The attestation of the partner on record, which a cart with additional resellers requires. It stays with the cart,
 * because most SDKs drop the property when they send a cart back.
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
  return apiError('attestationMissing', `Additional resellers require ${path} to be true.`, {
    data: [{ path, message: 'must be true' }],
  });
}
