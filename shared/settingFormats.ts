/** The formats of settings, each a schema: durations, lists, limits. */
import * as z from 'zod';
import { formatDuration, parseDuration } from './duration.ts';

/** A century. The due index holds four-digit years. */
const LONGEST_MS = 36_525 * 86_400_000;

/** An ISO 8601 duration of `minMs` to `maxMs` milliseconds, read as milliseconds. */
export const duration = (
  standard: string,
  meaning: string,
  { minMs = 1, maxMs = LONGEST_MS }: { minMs?: number; maxMs?: number } = {},
) =>
  z
    .string()
    .default(standard)
    .transform((text, context) => {
      const ms = parseDuration(text);
      if (ms !== undefined && ms >= minMs && ms <= maxMs) return ms;
      const least = minMs > 1 ? `, at least ${formatDuration(minMs)}` : '';
      const isFar = maxMs === LONGEST_MS && (ms ?? 0) <= maxMs;
      const most = isFar ? '' : `, at most ${formatDuration(maxMs)}`;
      context.issues.push({
        code: 'custom',
        input: text,
        message: `must be an ISO 8601 duration such as ${most ? standard : 'PT2M'}${least}${most}`,
      });
      return z.NEVER;
    })
    .describe(meaning);

export const list = z.string().transform((text) =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean),
);
export const filledList = list.refine((parts) => parts.length > 0, 'must name at least one');

/** GUIDs of partner tenants, or `*` for all. */
const TENANT = /^(\*|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i;
export const tenantList = list.refine(
  (parts) => parts.every((part) => TENANT.test(part)),
  'must be a list of GUIDs, or *',
);

/**
 * A base URL: `https`, or `http` for a host of this machine or network, because a token or a key that is sent in the
 * clear can be read and replaced on its way.
 */
export const serviceUrl = z.url({ protocol: /^https?$/ }).refine((text) => {
  const url = URL.parse(text);
  if (!url) return false;
  const isNear = !url.hostname.includes('.') || /^127(\.\d+){3}$/.test(url.hostname);
  return (url.protocol === 'https:' || isNear) && url.username === '' && url.hash === '';
}, 'must be a URL with https, without user name and fragment');

export const limit = z.coerce.number().int().min(0).max(1_000_000);

/** Numbers by partner tenant, `guid=600,guid=0`; the GUIDs in lower case. */
export const tenantLimits = list.transform((parts, context) => {
  const entries = parts.map((part): [string, number] => {
    const [, tenant = '', number = ''] =
      /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})=(.+)$/.exec(part.toLowerCase()) ?? [];
    const parsed = limit.safeParse(number);
    if (tenant && parsed.success) return [tenant, parsed.data];
    context.issues.push({
      code: 'custom',
      input: part,
      message: `must be a list of tenants and limits; ${part} is not one`,
    });
    return [part, 0];
  });
  return new Map(entries);
});

/** How a setting spells an empty list. */
const NONE = 'none';

export const durations = list.transform((parts, context) =>
  (parts.join().toLowerCase() === NONE ? [] : parts)
    .map((part) => {
      const ms = parseDuration(part);
      if (ms === undefined) {
        context.issues.push({
          code: 'custom',
          input: part,
          message: `must be none, or a list of ISO 8601 durations; ${part} is not one`,
        });
      }
      return ms ?? 0;
    })
    .sort((a, b) => b - a),
);
