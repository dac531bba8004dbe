/**
 * What is told to whoever listens on the topic: CloudEvents 1.0, each with an id made from what it is about,
 * so that one sent twice is recognised by the broker's duplicate detection and by the receiver.
 */
import { timestamp } from '../time.ts';

export type EventType =
  | 'cart.expiring'
  | 'cart.expired'
  | 'cart.ordered'
  | 'cart.checkoutFailed'
  | 'bulkorder.completed';

export interface CloudEvent {
  specversion: '1.0';
  id: string;
  source: string;
  type: EventType;
  subject: string;
  time: string;
  datacontenttype: 'application/json';
  data: Record<string, unknown>;
}

export interface About {
  tenant: string;
  id: string;
  subject: string;
  timeMs: number;
  data: Record<string, unknown>;
}

export function cloudEvent(type: EventType, { tenant, id, subject, timeMs, data }: About): CloudEvent {
  return {
    specversion: '1.0',
    id,
    source: `/partners/${tenant}`,
    type,
    subject,
    time: timestamp(timeMs),
    datacontenttype: 'application/json',
    data: { partnerTenantId: tenant, ...data },
  };
}
