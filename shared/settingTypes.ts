/** The kinds of values that settings have: durations, lists, limits, each with its message when a value is not one. */
import * as z from 'zod';
import { formatDuration, parseDuration } from './duration.ts';

/** An ISO 8601 duration of `minMs` to `maxMs` milliseconds, read as milliseconds. */
export const duration = (
  standard: string,
  meaning: string,
  { minMs = 1, maxMs = Number.POSITIVE_INFINITY }: { minMs?: number; maxMs?: number } = {},
) =>
  z
    .string()
    .default(standard)
    .transform((text, context) => {
      const ms = parseDuration(text);
      if (ms !== undefined && ms >= minMs && ms <= maxMs) return ms;
      const least = minMs > 1 ? `, at least ${formatDuration(minMs)}` : '';
      const most = maxMs === Number.POSITIVE_INFINITY ? '' : `, at most ${formatDuration(maxMs)}`;
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
