/** Parameters of the product routes (docs/contract.md 24). */
import * as z from 'zod';
import { SEGMENTS, TARGET_VIEWS, type TargetView } from '../catalog/catalog.ts';
import { lenientEnum } from './canonicalize.ts';
import { customerPath } from './parameters.ts';

/** Ids of the catalogue in any letter case; one that does not exist is an error of the endpoint. */
const catalogId = (description: string, example: string) => z.string().meta({ description, example });

const productId = catalogId('The `id` of the product.', 'CFQ7TTC0LFLS');
const skuId = catalogId('The `id` of the SKU.', '0002');
const availabilityId = catalogId('The `id` of the availability.', 'CFQ7TTC0KDLJ');

export const productPath = z.object({ productId });
export const skuPath = productPath.extend({ skuId });
export const availabilityPath = skuPath.extend({ availabilityId });
export const customerProductPath = customerPath.extend({ productId });
export const customerSkuPath = customerProductPath.extend({ skuId });
export const customerAvailabilityPath = customerSkuPath.extend({ availabilityId });

const VIEWS = Object.keys(TARGET_VIEWS) as [TargetView, ...TargetView[]];

const targetView = lenientEnum(VIEWS).meta({
  description: `What to list, in any letter case: ${VIEWS.map((view) => `\`${view}\``).join(', ')}.`,
  example: 'OnlineServices',
});
const targetSegment = lenientEnum(SEGMENTS).meta({
  description:
    'Only what is offered to this segment. Without it, availabilities of every segment but `nonprofit` are listed.',
  example: 'commercial',
});
const country = z
  .string()
  .regex(/^[A-Za-z]{2}$/, 'must be an ISO 3166 code such as US')
  .transform((code) => code.toUpperCase())
  .meta({ description: 'The market, in any letter case.', example: 'US' });

/** Query of a resource of a market. */
export const marketQuery = z.object({ country });
/** Query of a list of a market. */
export const marketListQuery = marketQuery.extend({ targetSegment: targetSegment.optional() });
/** Query of the products of a market. */
export const marketProductsQuery = marketListQuery.extend({ targetView });
/** Query of a list for a customer, whose market is the partner's. */
export const customerListQuery = z.object({ targetSegment: targetSegment.optional() });
/** Query of the products for a customer. */
export const customerProductsQuery = customerListQuery.extend({ targetView });
