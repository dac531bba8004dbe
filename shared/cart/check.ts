/**
 * What makes a line item impossible to buy without making the request wrong: the cart is kept, the error
 * stands on the line, and checkout is refused until it is gone (contract, "Validation split").
 */
import type { CartError, LineItem } from './lineItem.ts';

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** `PRODUCT:SKU:AVAILABILITY`, a legacy offer's GUID, or an Azure offer such as `MS-AZR-0145P`. */
const CATALOG_ITEM_FORMS = [/^[A-Z0-9]{12}:[A-Z0-9]{4}:[A-Z0-9]{12}$/i, GUID, /^MS-AZR-[A-Z0-9-]{1,20}$/i];

/** The first reason why this line item cannot be bought, if there is one (contract, "CartError" numbers). */
export function lineItemError(item: LineItem): CartError | undefined {
  if (!CATALOG_ITEM_FORMS.some((form) => form.test(item.catalogItemId))) {
    return {
      errorCode: 10001,
      errorDescription: `The catalog item ID ${item.catalogItemId} is not valid: it should be PRODUCT:SKU:AVAILABILITY, an offer's GUID or MS-AZR-….`,
    };
  }
  return undefined;
}
