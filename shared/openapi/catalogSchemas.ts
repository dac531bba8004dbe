/** Products, SKUs and availabilities as the service answers them. The tests hold real answers against these. */
import * as z from 'zod';
import { SEGMENTS } from '../catalog/catalog.ts';
import { link } from './cartSchemas.ts';
import { collection } from './orderSchemas.ts';

const itemType = z.object({
  id: z.string().describe('The id of the type, such as `Azure`.'),
  displayName: z.string().describe('The type as text.'),
});

export const product = z
  .object({
    id: z.string().describe('The first part of a catalog item id.'),
    title: z.string().describe('The title.'),
    description: z.string().describe('What it is; the title when the catalogue says no more.'),
    productType: itemType
      .extend({ subType: itemType.optional().describe('A finer type.') })
      .describe('What kind of product it is.'),
    isMicrosoftProduct: z.boolean().describe('Whether Microsoft publishes it.'),
    publisherName: z.string().optional().describe('Who publishes it.'),
    links: z.object({ skus: link, self: link }),
  })
  .describe('A product of the catalogue. What is bought is an availability of one of its SKUs.');

export const sku = z
  .object({
    id: z.string().describe('The second part of a catalog item id.'),
    productId: z.string().describe('The product.'),
    title: z.string().describe('The title.'),
    description: z.string().describe('What it is; the title when the catalogue says no more.'),
    minimumQuantity: z.int().describe('The smallest quantity of a line item.'),
    maximumQuantity: z.int().describe('The largest quantity of a line item; 999999999 stands for no limit.'),
    isTrial: z.boolean().describe('Whether it is a trial.'),
    supportedBillingCycles: z
      .array(z.string())
      .describe('The billing cycles, the default first, without those that the client library cannot read.'),
    purchasePrerequisites: z.array(z.string()).describe('What has to be done before a purchase.'),
    inventoryVariables: z.array(z.string()).describe('What an inventory check needs.'),
    provisioningVariables: z
      .array(z.string())
      .describe('The keys of `provisioningContext` that a line item needs.'),
    dynamicAttributes: z
      .record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
      .describe('Further attributes, whose names depend on the product.'),
    attestationProperties: z
      .object({
        attestationType: z.string().describe('What is attested.'),
        enforceAttestation: z.literal(true).describe('A constant.'),
      })
      .optional()
      .describe('The attestation that a line item needs.'),
    links: z.object({ availabilities: link, self: link }),
  })
  .describe('A SKU of a product.');

export const availability = z
  .object({
    id: z
      .string()
      .describe('The third part of a catalog item id. It may change; use it shortly after reading.'),
    productId: z.string().describe('The product.'),
    skuId: z.string().describe('The SKU.'),
    catalogItemId: z.string().describe('What a line item of a cart carries.'),
    defaultCurrency: z
      .object({
        code: z.string().describe('The currency, as an ISO 4217 code.'),
        symbol: z.string().describe('The symbol of the currency.'),
      })
      .describe('The currency of the market.'),
    segment: z.enum(SEGMENTS).describe('To whom it is offered.'),
    country: z.string().describe('The market.'),
    isPurchasable: z.boolean().describe('Whether it can be bought.'),
    isRenewable: z.boolean().describe('Whether a subscription of it can be renewed.'),
    renewalInstructions: z.array(z.never()).describe('How it is renewed; always empty.'),
    terms: z
      .array(
        z.object({
          duration: z.string().describe('The term.'),
          description: z.string().describe('The term as text.'),
          billingCycle: z.string().describe('The billing cycle, in Pascal case.'),
        }),
      )
      .describe('The terms, each with a billing cycle, in the order of the catalogue.'),
    product: product.describe('The product in full.'),
    sku: sku.describe('The SKU in full.'),
    links: z.object({ self: link }),
  })
  .describe('An offer of a SKU to a segment in a market.');

export const products = collection(product).describe('The products of a view.');
export const skus = collection(sku).describe('The SKUs of a product.');
export const availabilities = collection(availability).describe('The availabilities of a SKU.');

export const inventory = z
  .array(
    z.object({
      productId: z.string().describe('The product.'),
      skuId: z.string().describe('The SKU.'),
      isRestricted: z.boolean().describe('Whether it cannot be bought.'),
      restrictions: z.array(z.never()).describe('Why it cannot be bought; always empty.'),
    }),
  )
  .describe('One entry for each SKU that was asked for and exists.');
