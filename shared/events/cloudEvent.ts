/**
 * The events that the service publishes: CloudEvents 1.0, each with an id derived from what it is about, so that the
 * broker's duplicate detection and the receiver recognize a repeat (docs/contract.md 18.2). An event has ids, times,
 * codes and counts, and no token, name or free text (18.7).
 */
import { timestamp } from '../time.ts';

/**
 * Every type, with the version of its data. A member that is added keeps the version; a member that is removed or
 * changes its meaning gets a new type.
 */
export const EVENT_TYPES = [
  'cart.expiring.v1',
  'cart.expired.v1',
  'cart.ordered.v1',
  'cart.checkoutFailed.v1',
  'bulkorder.completed.v1',
  'webhook.test.v1',
  'webhook.disabled.v1',
] as const;

export type EventType = (typeof EVENT_TYPES)[number];

/** The service. Ids are unique over all deployments, so that events of several can be merged. */
const SOURCE = '/cartwright';

export interface CloudEvent {
  specversion: '1.0';
  id: string;
  source: string;
  type: EventType;
  subject: string;
  time: string;
  datacontenttype: 'application/json';
  /** The partner tenant: an extension attribute, by which consumers can filter without reading the data. */
  partnertenantid: string;
  data: Record<string, unknown>;
}

/** What an event is about. `timeMs` is when it happened, in epoch milliseconds. */
export interface About {
  tenant: string;
  id: string;
  subject: string;
  timeMs: number;
  data: Record<string, unknown>;
}

/** How much of an event's data a truncated copy keeps: entries of each list, and characters of each text. */
export interface TruncationLimits {
  listLength: number;
  textLength: number;
}

/** The event with shorter lists and texts in its data, and `truncated: true` (docs/contract.md 18.6). */
export function truncateEvent(event: CloudEvent, limits: TruncationLimits): CloudEvent {
  return { ...event, data: { ...truncateObject(event.data, limits), truncated: true } };
}

function truncateObject(data: object, limits: TruncationLimits): Record<string, unknown> {
  return Object.fromEntries(Object.entries(data).map(([name, value]) => [name, truncate(value, limits)]));
}

function truncate(value: unknown, limits: TruncationLimits): unknown {
  if (typeof value === 'string') return value.slice(0, limits.textLength).toWellFormed();
  if (Array.isArray(value)) return value.slice(0, limits.listLength).map((entry) => truncate(entry, limits));
  return typeof value === 'object' && value !== null ? truncateObject(value, limits) : value;
}

/** The event in its envelope. */
export function cloudEvent(type: EventType, { tenant, id, subject, timeMs, data }: About): CloudEvent {
  return {
    specversion: '1.0',
    id,
    source: SOURCE,
    type,
    subject,
    time: timestamp(timeMs),
    datacontenttype: 'application/json',
    partnertenantid: tenant,
    data: { partnerTenantId: tenant, ...data },
  };
}
