/** The envelope of queue messages: which messages are readable, and why the others are not. */
import { describe, expect, it } from 'vitest';
import { readBulkItemMessage } from '../../shared/messaging/bulkItemEnvelope.ts';
import {
  readBulkMessage,
  readCheckoutMessage,
  readEventMessage,
  readWebhookMessage,
  whyNotUtf8,
} from '../../shared/messaging/envelope.ts';
import { readPageMessage, toPageEnvelope } from '../../shared/messaging/pageQueue.ts';
import { toEnvelope } from '../../shared/messaging/toEnvelope.ts';
import { inCheckout, KEY } from '../support/samples.ts';

const MESSAGE = { ...KEY, checkoutId: inCheckout().checkout.id, attempt: 2 };
const envelope = (data: object = {}, more: object = {}) => ({
  ...toEnvelope({ ...MESSAGE, ...data }),
  ...more,
});

const itemMessage = (body: unknown) => readBulkItemMessage(body, () => '');

it.each([
  ['required members only', MESSAGE],
  ['all members', { ...MESSAGE, traceparent: '00-a-b-01', deferrals: 3 }],
])('A message is read as it was written: %s', (_, message) => {
  const received = JSON.parse(JSON.stringify(toEnvelope(message)));

  expect(readCheckoutMessage(received)).toEqual({ message });
});

it('All members of a message are inside data, because the host overwrites its metadata with the others', () => {
  expect(Object.keys(toEnvelope(MESSAGE)).sort()).toEqual(['data', 'type', 'version']);
});

it('The replay of a checkout is distinguished from an attempt', () => {
  const received = JSON.parse(JSON.stringify(toEnvelope(MESSAGE, 'checkoutReplay')));

  expect(readCheckoutMessage(received)).toEqual({ replay: MESSAGE });
});

it('Unknown members of a message are ignored, so that a later version may add some', () => {
  expect(readCheckoutMessage(envelope({ colour: 'red' }, { sentBy: 'x' }))).toEqual({ message: MESSAGE });
});

it('A page is read as it was written, and a page without a stretch of the due index is unreadable', () => {
  const page = { shard: 2, fromMs: 1_000, toMs: 2_000 };

  expect(readPageMessage(JSON.parse(JSON.stringify(toPageEnvelope(page))))).toEqual({ page });
  expect(readPageMessage({ type: 'sweepPage', version: 1, data: { shard: -1, fromMs: 0.5 } })).toEqual({
    unreadable: expect.stringMatching(/^data\.shard: .+; data\.fromMs: .+; data\.toMs: .+$/),
  });
  expect(readPageMessage({ ...toPageEnvelope(page), version: 2 })).toHaveProperty('unreadable');
});

describe('unreadable messages', () => {
  it.each([
    ['no body', 'body', undefined],
    ['a text as its body', 'body', 'checkout'],
    ['a list as its body', 'body', [toEnvelope(MESSAGE)]],
    ['no envelope', 'type', MESSAGE],
    ['another type', 'type', envelope({}, { type: 'bulk' })],
    ['an unknown version', 'version', envelope({}, { version: 2 })],
    ['no version', 'version', { type: 'checkout', data: MESSAGE }],
    ['no data', 'data', { type: 'checkout', version: 1 }],
    ['no tenant', 'data.tenant', envelope({ tenant: undefined })],
    ['a cart id that is not a GUID', 'data.cartId', envelope({ cartId: 'c1' })],
    ['attempt 0', 'data.attempt', envelope({ attempt: 0 })],
    ['attempt 1.5', 'data.attempt', envelope({ attempt: 1.5 })],
    ['an attempt as text', 'data.attempt', envelope({ attempt: '1' })],
    ['a trace context that is a number', 'data.traceparent', envelope({ traceparent: 5 })],
  ])('A message with %s is rejected with a reason that names %s', (_, member, body) => {
    expect(readCheckoutMessage(body)).toEqual({
      unreadable: expect.stringMatching(new RegExp(`(^|; )${member}: `)),
    });
  });

  it.each([
    [
      'checkout',
      readCheckoutMessage,
      'must be one of checkout, checkoutReplay; version: is required; data: is required',
    ],
    ['bulk-lanes', readBulkMessage, 'must be one of bulkOrder, bulkLane'],
    ['bulk-orders', itemMessage, 'must be bulkOrderItem; version: is required; data: is required'],
    ['webhook-deliveries', readWebhookMessage, 'must be one of webhookDelivery, webhookReplay, webhookEvent'],
    ['sweep-pages', readPageMessage, 'must be sweepPage; version: is required; data: is required'],
  ])(
    'The reason of an unreadable message of %s is in the words of the project, not of its library',
    (_, read, type) => {
      expect(read('x')).toEqual({ unreadable: 'body: must be an object' });
      expect(read({ type: 'x' })).toEqual({ unreadable: `type: ${type}` });
    },
  );

  it('The reason of an unreadable event is in the words of the project, not of its library', () => {
    const { unreadable } = readEventMessage({ id: 5 }) as { unreadable: string };

    expect(unreadable).toContain('specversion: is required; id: must be text; source: is required');
    expect(unreadable).not.toMatch(/invalid|expected/i);
  });

  it('The reason of an unreadable message names every invalid member', () => {
    const { unreadable } = readCheckoutMessage(envelope({ tenant: 1, attempt: 0 })) as { unreadable: string };

    expect(unreadable.split('; ')).toHaveLength(2);
  });
});

describe('Bodies with U+FFFD, which the host delivers in place of bytes that are not UTF-8', () => {
  it.each([
    ['in a text', 'gr\ufffdn', 'gr\ufffdn'],
    ['in a member', envelope({ traceparent: 'gr\ufffdn' }), 'gr\ufffdn'],
    ['in the name of a member', { ...envelope(), 'gr\ufffdn': 1 }, 'gr\ufffdn'],
    ['in a list', envelope({}, { more: ['x', ['gr\ufffdn']] }), 'gr\ufffdn'],
    [
      'in a long text',
      `${'a'.repeat(99)}\ufffd${'b'.repeat(99)}`,
      `${'a'.repeat(20)}\ufffd${'b'.repeat(19)}`,
    ],
  ])('A body with U+FFFD %s is unreadable', (_, body, excerpt) => {
    const unreadable = `body: must be UTF-8; the host delivered U+FFFD in place of other bytes, as in '${excerpt}'`;

    expect(readCheckoutMessage(body)).toEqual({ unreadable });
    expect(readBulkMessage(body)).toEqual({ unreadable });
  });

  it('A U+FFFD is found even in a body that is nested more deeply than the stack allows', () => {
    const deep = JSON.parse(`${'['.repeat(50_000)}"\ufffd"${']'.repeat(50_000)}`) as unknown;

    expect(whyNotUtf8(deep)).toContain("'\ufffd'");
  });
});
