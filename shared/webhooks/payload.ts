/**
 * What a webhook receives: an event in the form of Partner Center's webhooks, thin and in PascalCase, or the CloudEvent
 * (docs/contract.md 22.8, 22.9). Pure.
 */
import type { CloudEvent, EventType } from '../events/cloudEvent.ts';

/** The names of Partner Center's form, `{resource}-{action}`, and the event type of each. */
export const EVENT_NAMES = {
  'cart-expiring': 'cart.expiring.v1',
  'cart-expired': 'cart.expired.v1',
  'cart-ordered': 'cart.ordered.v1',
  'cart-checkoutFailed': 'cart.checkoutFailed.v1',
  'bulkorder-completed': 'bulkorder.completed.v1',
  'test-created': 'webhook.test.v1',
} as const satisfies Record<string, EventType>;

export type EventName = keyof typeof EVENT_NAMES;

/** Every name, in the order in which the API lists them. */
export const ALL_EVENT_NAMES = Object.keys(EVENT_NAMES) as EventName[];

/** The name of an event type; `undefined` for an event that no webhook receives. */
export const eventNameOf = (type: EventType): EventName | undefined =>
  ALL_EVENT_NAMES.find((name) => EVENT_NAMES[name] === type);

export const PAYLOADS = ['partnerCenter', 'cloudEvents'] as const;
export type PayloadForm = (typeof PAYLOADS)[number];

export interface Payload {
  contentType: string;
  body: string;
}

/** The body of a delivery. `publicUrl` is the base URL of this service, without a slash at its end. */
export function payloadOf(event: CloudEvent, form: PayloadForm, publicUrl: string): Payload {
  if (form === 'cloudEvents') {
    return { contentType: 'application/cloudevents+json; charset=utf-8', body: JSON.stringify(event) };
  }
  const name = eventNameOf(event.type) ?? event.type;
  return {
    contentType: 'application/json; charset=utf-8',
    body: JSON.stringify({
      EventName: name,
      ResourceUri: resourceUri(event, publicUrl),
      ResourceName: name.split('-')[0],
      AuditUri: null,
      ResourceChangeUtcDate: event.time.replace('Z', '+00:00'),
    }),
  };
}

/** Where the subject of an event can be read. */
export const resourceUri = ({ subject }: CloudEvent, publicUrl: string): string =>
  `${publicUrl}/${subject.startsWith('webhooks/') ? '' : 'v1/'}${subject}`;
