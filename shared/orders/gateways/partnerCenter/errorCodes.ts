/**
 * The error codes that Partner Center documents for placing an order: whether a retry may succeed, and why. A rejection
 * is reported to the caller with Partner Center's own code and description, so failures of this service's own token,
 * role or application are retried instead. A code decides only beside a 4xx (see `classifyResponse.ts`); codes that are
 * not listed are decided by their status.
 */

export interface CodeEntry {
  /** The status that is documented with the code. */
  status: number;
  verdict: 'retry' | 'refuse';
  /** The reason for the verdict. */
  why: string;
}

const refuse = (status: number, why: string): CodeEntry => ({ status, verdict: 'refuse', why });
const retry = (status: number, why: string): CodeEntry => ({ status, verdict: 'retry', why });

export const CODES: Readonly<Record<string, CodeEntry>> = {
  // This service's own token, role or application: the order is valid, and the operator can fix the cause meanwhile.
  400: retry(401, 'The token of this service was not accepted.'),
  2032: retry(403, 'The application of this service has no access.'),
  800001: retry(401, 'The token of this service is missing.'),
  900150: retry(403, 'The role of this service may not order.'),
  900308: retry(403, 'The privileges of this service are insufficient.'),
  900309: retry(403, 'A conditional access policy blocks this service.'),
  900329: retry(403, 'The token of this service is App-only.'),

  // Partner Center is not ready: the same order may be accepted later.
  800003: retry(500, 'An internal error.'),
  800005: retry(500, 'The order could not be created, without a reason.'),
  800014: retry(409, 'A pending adjustment has to end first.'),
  800060: retry(409, 'The order of an earlier request is still being made.'),
  800064: retry(409, 'Another request is changing the same cart.'),

  // The content of the order: a repeat does not change it.
  1000: refuse(404, 'There is no such resource.'),
  2002: refuse(400, 'The quantity is outside the limits of the offer.'),
  2055: refuse(400, 'The ETag no longer holds.'),
  3000: refuse(400, 'A member of the order is invalid.'),
  20000: refuse(404, 'There is no such order.'),
  27007: refuse(400, 'The promotion code is invalid.'),
  400013: refuse(404, 'There is no such product.'),
  400018: refuse(404, 'There is no such SKU.'),
  400019: refuse(404, 'The availability no longer exists: the catalog has to be read again.'),
  800002: refuse(400, 'The request is structurally wrong.'),
  800004: refuse(400, 'The offer id is invalid.'),
  800007: refuse(404, 'There is no provisioning status.'),
  800008: refuse(404, 'There is no such cart.'),
  800009: refuse(400, 'Line items carry errors.'),
  800010: refuse(400, 'There is no inventory.'),
  800011: refuse(400, 'The Azure subscription is not valid.'),
  800012: refuse(400, 'The Azure subscription is not active.'),
  800013: refuse(400, 'The Azure subscription is not enabled for reservations.'),
  800017: refuse(400, 'The quantity is not available for this item.'),
  800020: refuse(403, 'The item cannot be bought by this customer.'),
  800021: refuse(400, 'The Azure subscription is not valid.'),
  800028: refuse(403, 'The term of the first purchase is no longer available.'),
  800029: refuse(400, 'The add-on does not belong to its base.'),
  800030: refuse(400, 'The Azure subscription is not registered.'),
  800031: retry(
    500,
    'The item belongs to a purchase system without this API; a 5xx proves nothing all the same.',
  ),
  800036: refuse(417, 'A condition of the request does not hold.'),
  800061: refuse(400, 'The order cannot be cancelled.'),
  800063: refuse(400, 'A legacy order cannot be cancelled.'),
  800065: refuse(400, 'The cart has been ordered already.'),
  800070: refuse(400, 'The offer is not sold in this country.'),
  800071: refuse(400, 'The line item numbers do not run from 0.'),
  800121: refuse(400, 'The term duration is invalid.'),
  900126: refuse(400, 'A value is not one of its enumeration.'),
  900142: refuse(400, 'A catalogue item id is missing.'),
  900144: refuse(400, 'A SKU id for provisioning is missing.'),
  900169: refuse(400, 'The items are not sold in this currency.'),
  900203: refuse(400, 'The attestation of the item was not accepted.'),
  900206: refuse(400, 'The attestation of the partner is missing.'),
  900242: refuse(400, 'The custom term end date does not fit.'),
  900244: refuse(400, 'The custom term end date does not fit.'),
  900245: refuse(400, 'The custom term end date does not fit.'),
  900246: refuse(400, 'The custom term end date does not fit.'),
  900269: refuse(400, 'The billing cycle is invalid.'),
  900270: refuse(400, 'The billing cycle is longer than the term.'),
  900275: refuse(400, 'The quantity of a line item is not allowed.'),
  900312: refuse(400, 'The scope of the provisioning context is not supported.'),
  900313: refuse(400, 'The provisioning context is incomplete.'),
  900314: refuse(400, 'The provisioning context is incomplete.'),
  900315: refuse(400, 'The provisioning context is incomplete.'),
  900317: refuse(400, 'The provisioning context is incomplete.'),
  900318: refuse(400, 'The provisioning context is incomplete.'),

  // Customer and partner: an agreement, a payment or a review is missing.
  2006: refuse(403, 'The partner may not sell this offer.'),
  2030: refuse(403, 'The partner is not onboarded in this country.'),
  2085: refuse(403, 'The offer is not for this customer.'),
  2091: refuse(403, 'The offer is no longer sold.'),
  13605: refuse(403, 'The customer has not accepted the agreement.'),
  20002: refuse(403, 'The partner has no relationship with the customer.'),
  60003: refuse(404, 'There is no such customer.'),
  800015: refuse(404, 'There is no partner of this PartnerID.'),
  800016: refuse(400, 'The PartnerID is not of an indirect reseller.'),
  800018: refuse(400, 'The sandbox has reached its limit.'),
  800019: refuse(403, 'The item is for sandboxes only.'),
  800022: refuse(400, 'The order needs a manual review.'),
  800023: refuse(403, 'The funds are insufficient.'),
  800024: refuse(400, 'The review was cancelled.'),
  800025: refuse(400, 'No line of credit is defined.'),
  800026: refuse(400, 'The risk of the order is too high.'),
  800062: refuse(400, 'The review has rejected the order.'),
  800066: refuse(403, 'A limit of subscriptions is reached.'),
  800067: refuse(403, 'A limit of subscriptions is reached.'),
  800068: refuse(403, 'A limit of seats is reached.'),
  800069: refuse(403, 'A limit of seats is reached.'),
  800073: refuse(403, 'A limit of Azure is reached.'),
  800074: refuse(403, 'A limit of the account is reached.'),
  800075: refuse(403, 'A limit of the account is reached.'),
  800088: refuse(403, 'A limit of the term is reached.'),
  800089: refuse(403, 'A limit of the term is reached.'),
  900118: refuse(400, 'The customer id is invalid.'),
  900123: refuse(403, 'The partner has not accepted the partner agreement.'),
  900124: refuse(403, 'The partner has not accepted the partner agreement.'),
};
