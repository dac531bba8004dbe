/**
 * What the service should do, implemented a second time and as simply as possible: carts with line items, versions,
 * an end, and orders. It takes nothing from the service's rules; where both agree, two people have understood
 * the same.
 */
import type { Body } from '../e2e/running.ts';

export interface Line {
  catalogItemId: string;
  quantity: number;
  billingCycle: string;
  currencyCode?: string;
  addonItems?: Line[];
}

export interface ModelCart {
  path: string;
  /** As it was answered when it was last written: what a reader must find. */
  body: Body;
  lines: Line[];
  expiresMs: number;
  ordered: boolean;
  /** The answer to the checkout, once there is one. */
  result?: Body | undefined;
  etag: string;
  /** Versions that were. */
  staleEtags: string[];
  /** The replaces with a request id that the cart remembers, newest first: `requestId body`. */
  writes: string[];
  /** The latest replace, if it had a request id. */
  latest: string | undefined;
}

export interface Model {
  customer: string;
  carts: ModelCart[];
  /** The cart that a create of this request id and body made. */
  creates: Map<string, ModelCart>;
  orderIds: string[];
}

const MODERN = 'DG7GMGF0DWTL:0001:DG7GMGF0DSJB';
const SEATS = 'CFQ7TTC0LFLS:0002:CFQ7TTC0KDLJ';
const LEGACY = '195416c1-3447-423a-b37b-ee59a99a19c4';
const BAD = 'no such item';
const line = (catalogItemId: string, billingCycle: string, quantity = 1): Line => ({
  catalogItemId,
  quantity,
  billingCycle,
});

/** What callers put into carts: one group, several, add-ons, other currencies, and lines that cannot be bought. */
export const CONTENTS: readonly Line[][] = [
  [line(MODERN, 'one_time', 2)],
  [line(MODERN, 'one_time'), line(SEATS, 'monthly', 5)],
  [line(SEATS, 'monthly'), line(LEGACY, 'monthly'), line(SEATS, 'annual'), line(LEGACY, 'annual')],
  [{ ...line(SEATS, 'monthly', 9), addonItems: [line(SEATS, 'monthly', 9)] }, line(MODERN, 'one_time')],
  [{ ...line(SEATS, 'monthly'), currencyCode: 'EUR' }, line(SEATS, 'monthly')],
  [line(MODERN, 'one_time'), line(BAD, 'one_time')],
  [line(BAD, 'monthly')],
];

/** Bodies that are no carts, with the code that they are refused with. */
export const NO_CARTS: readonly [body: unknown, code: string][] = [
  [{}, '800002'],
  [{ lineItems: [] }, '800002'],
  [{ lineItems: [{ ...line(MODERN, 'one_time'), quantity: 0 }] }, '800002'],
  [{ lineItems: [{ quantity: 1, billingCycle: 'monthly' }] }, '900142'],
  [{ lineItems: [line(MODERN, 'weekly')] }, '900269'],
];

/** The version that a caller insists on, if it does. */
export type Insists = 'nothing' | 'fresh' | 'stale' | 'any';

/** A time at which a cart has expired, unless it was ordered. */
export const isExpired = ({ ordered, expiresMs }: ModelCart, nowMs: number): boolean =>
  !ordered && nowMs >= expiresMs;

/** The `If-Match` header for what a caller insists on; a cart that never changed has no stale version. */
export function ifMatch({ etag, staleEtags }: ModelCart, insists: Insists): Record<string, string> {
  switch (insists) {
    case 'nothing':
      return {};
    case 'fresh':
      return { 'If-Match': etag };
    case 'stale':
      return { 'If-Match': staleEtags[0] ?? '"never"' };
    case 'any':
      return { 'If-Match': '*' };
  }
}

/** The line items of an answer, as far as the model foretells them. */
export function expectedLines(lines: readonly Line[]): Record<string, unknown>[] {
  const groups = groupsOf(lines);
  let id = 0;
  const answered = (item: Line, base: Line): Record<string, unknown> => {
    const own = {
      id: id++,
      catalogItemId: item.catalogItemId,
      quantity: item.quantity,
      billingCycle: item.billingCycle,
      currencyCode: item.currencyCode ?? base.currencyCode ?? 'USD',
      orderGroup: groups.find(({ members }) => members.includes(base))?.label,
      ...(item.catalogItemId === BAD ? { error: { errorCode: 10001 } } : {}),
    };
    return item.addonItems
      ? { ...own, addonItems: item.addonItems.map((addon) => answered(addon, base)) }
      : own;
  };
  return lines.map((item) => answered(item, item));
}

/** Ids of the line items that cannot be bought. */
export function badIds(lines: readonly Line[]): number[] {
  const flat = lines.flatMap((item) => [item, ...(item.addonItems ?? [])]);
  return flat.flatMap(({ catalogItemId }, id) => (catalogItemId === BAD ? [id] : []));
}

/** The orders that a checkout must make: legacy ones first, each with its billing cycle, currency and quantities. */
export function expectedOrders(lines: readonly Line[]): Record<string, unknown>[] {
  const groups = groupsOf(lines);
  const isOms = ({ label }: { label: string }) => label.startsWith('OMS-');
  return [...groups.filter(isOms), ...groups.filter((group) => !isOms(group))].map(({ members }) => ({
    billingCycle: members[0]?.billingCycle,
    currencyCode: members[0]?.currencyCode ?? 'USD',
    lineItems: members
      .flatMap((item) => [item, ...(item.addonItems ?? [])])
      .map(({ catalogItemId, quantity }, lineItemNumber) => ({
        lineItemNumber,
        offerId: catalogItemId,
        quantity,
      })),
  }));
}

/** One order per purchase system, billing cycle and currency, labelled by first appearance. */
function groupsOf(lines: readonly Line[]): { label: string; members: Line[] }[] {
  const groups = new Map<string, { label: string; members: Line[] }>();
  const counts = { legacy: 0, modern: 0 };
  for (const item of lines) {
    const system = item.catalogItemId.includes(':') ? 'modern' : 'legacy';
    const key = [system, item.billingCycle, item.currencyCode ?? 'USD'].join();
    const label = system === 'legacy' ? `OMS-${counts.legacy}` : `${counts.modern}`;
    if (!groups.has(key)) counts[system]++;
    const group = groups.get(key) ?? { label, members: [] };
    groups.set(key, group);
    group.members.push(item);
  }
  return [...groups.values()];
}
