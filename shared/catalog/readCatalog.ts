/**
 * Reads a catalog from the operator's JSON. All problems are reported at once, each with its path. An unknown property is a
 * problem as well, because it usually is a misspelling.
 */
import * as z from 'zod';
import { jsonPath } from '../jsonPath.ts';
import { validationMessage } from '../validation.ts';
import { BILLING_CYCLES } from './billingCycles.ts';
import { type Catalog, productKey, SEGMENTS, TARGET_VIEWS, type TargetView } from './catalog.ts';
import { familiesOf } from './families.ts';

/** A problem and its path, which is empty for the whole file. */
export interface CatalogProblem {
  path: string;
  message: string;
}

const PRODUCT_ID =
  /^([A-Z0-9]{12}:[A-Z0-9]{4}(:[A-Z0-9]{12})?|[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}|MS-AZR-[A-Z0-9-]{1,20})$/i;
/** The schemas of the file, made when a catalog is read: most services have none, and the start does not pay for them. */
function makeSchemas() {
  const text = z.string().trim().min(1).max(1_024);
  const country = z.string().regex(/^[A-Z]{2}$/, 'must be an ISO 3166 code');
  const markets = z
    .record(country, z.array(z.string().regex(/^[A-Z]{3}$/, 'must be an ISO 4217 code')).min(1))
    .refine((each) => Object.keys(each).length > 0, 'must have at least one market');
  const catalogFile = z.strictObject({
    markets,
    products: z.array(productSchema(text, country)).min(1),
    families: z.array(familySchema(text)).default([]),
  });
  return { catalogFile, outline: outlineSchema() };
}

let schemas: ReturnType<typeof makeSchemas> | undefined;

function productSchema(text: z.ZodString, country: z.ZodString) {
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

  const availability = z.strictObject({
    id: z.string().regex(/^[A-Z0-9]{12}$/i, 'must have 12 letters and digits'),
    segment: z.enum(SEGMENTS).default('commercial'),
    countries: z.array(country).min(1).optional(),
    isPurchasable: z.boolean().default(true),
    isRenewable: z.boolean().default(false),
  });

  return z.strictObject({
    id: productId,
    title: text,
    quantity: quantity.prefault({}),
    billingCycles: z
      .partialRecord(z.enum(BILLING_CYCLES).exclude(['unknown']), z.array(term))
      .refine((cycles) => Object.keys(cycles).length > 0, 'must have at least one billing cycle'),
    promotionIds: z.array(z.string().min(1)).default([]),
    enforceAttestation: z.boolean().default(false),
    customTermEndDate: z.boolean().default(false),
    addonOf: z.strictObject({ bases: z.array(productId).min(1), minBaseSeats: seats.default(1) }).optional(),
    availabilities: z.array(availability).min(1).optional(),
    description: text.optional(),
    isTrial: z.boolean().optional(),
    purchasePrerequisites: z.array(text).optional(),
    inventoryVariables: z.array(text).optional(),
    provisioningVariables: z.array(text).optional(),
    // A list or an object as a value makes the answer unreadable for the Java SDK.
    dynamicAttributes: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
    attestationType: text.optional(),
  });
}

function familySchema(text: z.ZodString) {
  const itemType = z.strictObject({ id: text, displayName: text });
  return z.strictObject({
    id: z.string().regex(/^[A-Z0-9]{12}$/i, 'must be the first part of a product id'),
    title: text,
    description: text.optional(),
    productType: itemType.extend({ subType: itemType.optional() }),
    publisherName: text.optional(),
    isMicrosoftProduct: z.boolean().default(true),
    views: z.array(z.enum(Object.keys(TARGET_VIEWS) as [TargetView, ...TargetView[]])).default([]),
  });
}

/** The references between products, read separately so that other problems do not hide them. */
function outlineSchema() {
  return z.object({
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
}

/** The catalog in the JSON of a file, or all its problems. */
export function readCatalog(json: unknown): { catalog: Catalog } | { problems: CatalogProblem[] } {
  schemas ??= makeSchemas();
  const parsed = schemas.catalogFile.safeParse(json, { error: validationMessage });
  const references = schemas.outline.safeParse(json).data ?? { products: [] };
  const problems = [...(parsed.error?.issues ?? []).flatMap(problemsOf), ...referenceProblems(references)];
  if (!parsed.success || problems.length > 0) return { problems };
  const { markets, products, families } = parsed.data;
  return {
    catalog: {
      markets,
      products: new Map(products.map((each) => [productKey(each.id), each])),
      families: familiesOf(products, families),
    },
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
function referenceProblems({ products }: z.output<ReturnType<typeof outlineSchema>>): CatalogProblem[] {
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
