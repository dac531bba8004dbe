/** Events as consumers see them: valid for the public CloudEvents SDK, and their data by the schemas that the service publishes. */
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { CloudEvent as SdkEvent } from 'cloudevents';
import { describe, expect, it } from 'vitest';
import { type BulkOrder, initialState } from '../../shared/bulk/bulkOrder.ts';
import { bulkOrderEnded } from '../../shared/bulk/events.ts';
import { countItems } from '../../shared/bulk/progress.ts';
import { cartExpired, cartExpiring } from '../../shared/cart/events.ts';
import { checkoutEnded } from '../../shared/checkout/events.ts';
import { type CloudEvent, EVENT_TYPES, truncateEvent } from '../../shared/events/cloudEvent.ts';
import { EVENT_SCHEMAS, eventEnvelope } from '../../shared/events/schemas.ts';
import { jsonSchemaOf } from '../../shared/openapi/jsonSchemas.ts';
import { webhookDisabled, webhookTest } from '../../shared/webhooks/events.ts';
import { cartOf, HOUR, inCheckout, KEY, NOW, placedOrder } from '../support/samples.ts';

/** Text that a caller or a gateway chose, which no event may repeat. */
const FREE_TEXT = 'Contoso, attention of Ms Rivera';

const groupsOf = (state: 'placed' | 'refused') =>
  inCheckout().checkout.groups.map((group) => ({
    ...group,
    state,
    ...(state === 'placed'
      ? { order: placedOrder() }
      : { problem: { code: '800010', description: FREE_TEXT, status: 400 } }),
  }));
const checkoutWith = (state: 'ordered' | 'failed') => {
  const cart = inCheckout({ state, endedMs: NOW });
  const groups = groupsOf(state === 'ordered' ? 'placed' : 'refused');
  return checkoutEnded(cart, { ...cart.checkout, groups });
};
const bulk: BulkOrder = {
  tenant: KEY.tenant,
  bulkOrderId: KEY.cartId,
  ...initialState(NOW),
  source: 'list',
  reference: FREE_TEXT,
  errorPolicy: 'continue',
  repeats: 'skip',
  state: 'completed',
  endedMs: NOW,
  accepted: 1,
  rejected: 0,
  lanes: 1,
  slots: 1,
  blockSize: 1,
  modifiedBy: FREE_TEXT,
};

const EVENTS: CloudEvent[] = [
  cartExpiring(cartOf(), { thresholdMs: HOUR, remainingMs: HOUR }),
  cartExpired(cartOf()),
  checkoutWith('ordered'),
  checkoutWith('failed'),
  bulkOrderEnded(bulk, countItems(bulk, [])),
  webhookTest(KEY.tenant, { correlationId: KEY.cartId, timeMs: NOW }),
  webhookDisabled(KEY.tenant, {
    version: 'v-1',
    reason: 'failing',
    failingSinceMs: NOW,
    lastStatus: 500,
    timeMs: NOW,
  }),
];

it('The samples contain every event type', () => {
  expect(EVENTS.map(({ type }) => type).sort()).toEqual([...EVENT_TYPES].sort());
});

describe.each(EVENTS.map((event) => [event.type, event] as const))('%s', (type, event) => {
  const ajv = new Ajv2020();
  addFormats.default(ajv);
  const isData = ajv.compile(jsonSchemaOf(type, EVENT_SCHEMAS[type]));

  it('The event is a valid CloudEvent for the public SDK', () => {
    const parsed = new SdkEvent(JSON.parse(JSON.stringify(event)) as Partial<SdkEvent>);

    expect(parsed.validate()).toBe(true);
    expect(parsed).toMatchObject({ type, source: '/cartwright', partnertenantid: event.partnertenantid });
  });

  it('The data is accepted and completely described by the published JSON Schema', () => {
    expect(isData(event.data), JSON.stringify(isData.errors)).toBe(true);
    expect(Object.keys(event.data).filter((name) => !(name in EVENT_SCHEMAS[type].shape))).toEqual([]);
    expect(isData({ ...event.data, partnerTenantId: undefined })).toBe(false);
  });

  it('The event is accepted by the envelope schema, and contains no free text', () => {
    expect(eventEnvelope.parse(event)).toEqual(event);
    expect(JSON.stringify(event)).not.toContain('Rivera');
  });
});

it('The published schema accepts the data of a truncated event', () => {
  const event = truncateEvent(checkoutWith('failed'), { listLength: 0, textLength: 128 });

  expect(EVENT_SCHEMAS[event.type].safeParse(event.data).success).toBe(true);
});
