/**
 * Path parameters, query parameters and headers as parsers: a route names the ones that it reads, the pipeline parses
 * them, and the API reference describes them from the same schemas. A schema's `meta` holds what the reference says. Those
 * of carts, which load at the start, and what all have in common; the others are in `resourceParameters.ts`.
 */
import * as z from 'zod';
import type { ErrorName } from '../errors.ts';
import { exactInteger } from './canonicalize.ts';
import { clientOf } from './clients.ts';
import { guid } from './path.ts';

/** The error of a parameter that cannot be read; `invalidInput` for one without an entry. */
export interface ParameterError {
  name: ErrorName;
  description?: (sent: string) => string;
}
export const errors = z.registry<ParameterError>();

/** The error that a parameter's schema names. */
export const parameterError = (schema: z.core.$ZodType | undefined): ParameterError | undefined =>
  schema && errors.get(schema);

interface Docs {
  description: string;
  example: string;
}

/** A GUID in any letter case, with or without braces (docs/contract.md 1.5), read in lower case. */
export const guidParameter = (docs: Docs, error: ParameterError) =>
  z
    .string()
    .transform((text, context) => {
      const id = guid(text);
      if (id === undefined) context.issues.push({ code: 'custom', input: text, message: 'must be a GUID' });
      return id ?? '';
    })
    .meta({ ...docs, format: 'uuid' })
    .register(errors, error);

export const customerId = guidParameter(
  {
    description: 'The customer’s tenant id, in any letter case, with or without braces.',
    example: 'd6bf25b7-e0a8-4f2d-a31b-97b55cfc774d',
  },
  { name: 'customerIdInvalid', description: (sent) => `The customer id ${sent} is not a GUID.` },
);

/** `{customerId}`; an error when it is not a GUID (docs/contract.md 1.11). */
export const customerPath = z.object({ customerId });

/** A cart of a customer. An id that is not a GUID is the id of no cart. */
export const cartPath = z.object({
  customerId,
  cartId: guidParameter(
    {
      description: 'The `id` of the cart, in any letter case, with or without braces.',
      example: 'b4c8fdea-cbe4-4d17-9576-13fcacbf9605',
    },
    { name: 'cartNotFound', description: (sent) => `Cart ${sent} was not found.` },
  ),
});

/** The size of a page, from 1 to `max`. */
export const pageSize = (max: number, description: string) =>
  exactInteger(z.int().min(1).max(max)).meta({ description, example: String(Math.min(max, 100)) });

/** The cursor of a page, which the previous page's `links.next` has. */
export const cursor = (isCursor: (text: string) => boolean, example: string) =>
  z
    .string()
    .refine(isCursor, 'must be a cursor from a previous page')
    .meta({ description: 'Cursor of the page, from `links.next` of the previous page.', example });

/**
 * Entity tags without what a proxy may have changed of them: a compressing proxy adds a suffix inside or behind the
 * quotes, or declares the tag weak (docs/contract.md 2.15). Every ETag of this service is weak, so it is compared by
 * its opaque part.
 */
export function opaqueTags(header: string): string[] {
  return header
    .split(',')
    .map((tag) =>
      tag
        .trim()
        .replace(/^(W\/)+/i, '')
        .replaceAll('"', '')
        .replace(/((-{1,2}|[;+:._])(gzip|gz|x-gzip|deflate|df|br|zstd|compress))+$/i, ''),
    )
    .filter(Boolean);
}

const ETAG_EXAMPLE = 'W/"datetime\'2026-03-15T17%3A15%3A02.384Z\'"';

export const HEADERS = {
  /** The ETags of which the cart must have one; `undefined` without a condition, and for `*`. */
  'If-Match': z
    .string()
    .optional()
    .transform((header) => {
      const value = header?.trim();
      return !value || value === '*'
        ? undefined
        : opaqueTags(value).flatMap((tag) => [`W/"${tag}"`, `"${tag}"`]);
    })
    .meta({
      description:
        'The request is carried out only if the cart has one of these ETags; otherwise the response is 412.',
      example: ETAG_EXAMPLE,
    }),
  /** Whether the caller has the version of an ETag already, by weak comparison (RFC 9110, 13.1.2). */
  'If-None-Match': z
    .string()
    .optional()
    .transform((header) => {
      const value = header?.trim() ?? '';
      return (etag: string) => value === '*' || opaqueTags(value).includes(opaqueTags(etag)[0] ?? '');
    })
    .meta({
      description: 'ETags that you have already: 304 if the cart has one of them.',
      example: ETAG_EXAMPLE,
    }),
  /** Whether the caller prefers not to wait (RFC 7240). */
  Prefer: z
    .string()
    .optional()
    .transform((header) => /(^|,)\s*respond-async\s*($|[;,])/i.test(header ?? ''))
    .meta({
      description: 'With `respond-async`, the response is 202 as soon as the checkout is accepted.',
      example: 'respond-async',
    }),
  /** The client, with its dialect (docs/contract.md 16.1). */
  'MS-PartnerCenter-Client': z
    .string()
    .optional()
    .transform((header) => clientOf(header ?? null))
    .meta({
      description:
        'Name of the client library. The response uses only what that library can read; for example, `Partner Center Java SDK` gets add-ons as `addOnItems`.',
      example: 'Partner Center Java SDK',
    }),
  /** The W3C trace context of the caller, if it is one. */
  traceparent: z
    .string()
    .optional()
    .transform((header) => /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/.exec(header ?? '')?.[0])
    .meta({
      description: 'W3C trace context, continued through messages and retries.',
      example: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
    }),
} as const;

const { 'MS-PartnerCenter-Client': client } = HEADERS;

/** The header of every route whose response depends on the client. */
export const clientHeader = z.object({ 'MS-PartnerCenter-Client': client });
