/**
 * Reads a catalog from the operator's JSON. All problems are reported at once, each with its path. An unknown property is a
 * problem as well, because it usually is a misspelling.
 */
import * as z from 'zod';
import { jsonPath } from '../jsonPath.ts';
import { validationMessage } from '../validation.ts';
import { BILLING_CYCLES } from './billingCycles.ts';
import { type Catalog, productKey } from './catalog.ts';

/** A problem and its path, which is empty for the whole file. */
export interface CatalogProblem {
  path: string;
  message: string;
}

const PRODUCT_ID =
  /^([A-Z0-9]{12}:[A-Z0-9]{4}(:[A-Z0-9]{12})?|[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}|MS-AZR-[A-Z0-9-]{1,20})$/i;
const productId = z
  .string()
  .regex(PRODUCT_ID, 'must be PRODUCT:SKU, PRODUCT:SKU:AVAILABILITY, a GUID or MS-AZR-…');
const term = z.string().regex(/^P\d{1,3}[DWMY]$/, 'must be an ISO 8601 duration such as P1Y');
const seats = z.int().min(1);

const quantity = z
  .strictObject({ min: seats.default(1), max: seats.optional(), maxInCart: seats.optional() })
  .refine(({ min, max = min }) => min <= max, { path: ['max'], error: 'must not be less than min' })
  .refine(({ min, maxInCart = min }) => min <= maxInCart, {
    path: ['maxInCart'],
    error: 'must not be less than min',
  });

const product = z.strictObject({
  id: productId,
  title: z.string().trim().min(1).max(1_024),
  quantity: quantity.prefault({}),
  billingCycles: z
    .partialRecord(z.enum(BILLING_CYCLES).exclude(['unknown']), z.array(term))
    .refine((cycles) => Object.keys(cycles).length > 0, 'must have at least one billing cycle'),
  promotionIds: z.array(z.string().min(1)).default([]),
  enforceAttestation: z.boolean().default(false),
  customTermEndDate: z.boolean().default(false),
  addonOf: z.strictObject({ bases: z.array(productId).min(1), minBaseSeats: seats.default(1) }).optional(),
});

const catalogFile = z.strictObject({
  markets: z
    .record(
      z.string().regex(/^[A-Z]{2}$/, 'must be an ISO 3166 code'),
      z.array(z.string().regex(/^[A-Z]{3}$/, 'must be an ISO 4217 code')).min(1),
    )
    .refine((markets) => Object.keys(markets).length > 0, 'must have at least one market'),
  products: z.array(product).min(1),
});

/** The references between products, read separately so that other problems do not hide them. */
const outline = z.object({
  products: z.array(
    z
      .object({
        id: z.string().regex(PRODUCT_ID).optional().catch(undefined),
        addonOf: z
          .object({ bases: z.array(z.unknown()) })
          .optional()
          .catch(undefined),
      })
      .catch({}),
  ),
});

/** The catalog in the JSON of a file, or all its problems. */
export function readCatalog(json: unknown): { catalog: Catalog } | { problems: CatalogProblem[] } {
  const parsed = catalogFile.safeParse(json, { error: validationMessage });
  const problems = [...(parsed.error?.issues ?? []).flatMap(problemsOf), ...referenceProblems(json)];
  if (!parsed.success || problems.length > 0) return { problems };
  const { markets, products } = parsed.data;
  return {
    catalog: { markets, products: new Map(products.map((each) => [productKey(each.id), each])) },
  };
}

/** Unknown properties are one issue of their object; an invalid key has its reasons inside. */
function problemsOf(issue: z.core.$ZodIssue): CatalogProblem[] {
  const at = (...more: PropertyKey[]) => jsonPath([...issue.path, ...more]);
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => ({ path: at(key), message: 'is not a known property' }));
    case 'invalid_key':
      return issue.issues.map(({ message }) => ({ path: at(), message }));
    default:
      return [{ path: at(), message: issue.message }];
  }
}

/** Duplicate ids, and add-ons whose bases do not exist. */
function referenceProblems(json: unknown): CatalogProblem[] {
  const { products } = outline.safeParse(json).data ?? { products: [] };
  const indexes = new Map<string, number>();
  const doubled = products.flatMap(({ id }, n) => {
    if (id === undefined) return [];
    const first = indexes.get(productKey(id));
    if (first === undefined) indexes.set(productKey(id), n);
    return first === undefined
      ? []
      : [{ path: `products[${n}].id`, message: `repeats products[${first}].id` }];
  });
  const dangling = products.flatMap(({ addonOf }, n) =>
    (addonOf?.bases ?? []).flatMap((base, at) =>
      typeof base !== 'string' || !PRODUCT_ID.test(base) || indexes.has(productKey(base))
        ? []
        : [
            {
              path: `products[${n}].addonOf.bases[${at}]`,
              message: `${base} is not the id of a product in this catalog`,
            },
          ],
    ),
  );
  return [...doubled, ...dangling];
}
