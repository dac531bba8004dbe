/** The envelope of queue messages: what can be worked on, and why the rest cannot. */
import { describe, expect, it } from 'vitest';
import {
  readBulkMessage,
  readCheckoutMessage,
  toEnvelope,
  whyNotUtf8,
} from '../../shared/messaging/envelope.ts';
import { inCheckout, KEY } from '../support/samples.ts';

const MESSAGE = { ...KEY, checkoutId: inCheckout().checkout.id, attempt: 2 };
const envelope = (data: object = {}, more: object = {}) => ({
  ...toEnvelope({ ...MESSAGE, ...data }),
  ...more,
});

it.each([
  ['the least', MESSAGE],
  ['all that there may be', { ...MESSAGE, traceparent: '00-a-b-01', deferrals: 3 }],
])('reads a message as it was written: %s', (_, message) => {
  const onTheWire = JSON.parse(JSON.stringify(toEnvelope(message)));

  expect(readCheckoutMessage(onTheWire)).toEqual({ message });
});

it('keeps all members of the message inside data, because the host overwrites its metadata with the others', () => {
  expect(Object.keys(toEnvelope(MESSAGE)).sort()).toEqual(['data', 'type', 'version']);
});

it('distinguishes the replay of a checkout from an attempt', () => {
  const onTheWire = JSON.parse(JSON.stringify(toEnvelope(MESSAGE, 'checkoutReplay')));

  expect(readCheckoutMessage(onTheWire)).toEqual({ replay: MESSAGE });
});

it('ignores unknown members, so that a later version may add some', () => {
  expect(readCheckoutMessage(envelope({ colour: 'red' }, { sentBy: 'x' }))).toEqual({ message: MESSAGE });
});

describe('an unreadable body has a reason that names the member', () => {
  it.each([
    ['nothing', undefined, 'body'],
    ['text', 'checkout', 'body'],
    ['a list', [toEnvelope(MESSAGE)], 'body'],
    ['the message without its envelope', MESSAGE, 'type'],
    ['another type', envelope({}, { type: 'bulk' }), 'type'],
    ['a version we do not know', envelope({}, { version: 2 }), 'version'],
    ['no version', { type: 'checkout', data: MESSAGE }, 'version'],
    ['no data', { type: 'checkout', version: 1 }, 'data'],
    ['no tenant', envelope({ tenant: undefined }), 'data.tenant'],
    ['a cart id that is no GUID', envelope({ cartId: 'c1' }), 'data.cartId'],
    ['attempt 0', envelope({ attempt: 0 }), 'data.attempt'],
    ['half an attempt', envelope({ attempt: 1.5 }), 'data.attempt'],
    ['an attempt as text', envelope({ attempt: '1' }), 'data.attempt'],
    ['a trace that is none', envelope({ traceparent: 5 }), 'data.traceparent'],
  ])('%s', (_, body, member) => {
    expect(readCheckoutMessage(body)).toEqual({
      unreadable: expect.stringMatching(new RegExp(`(^|; )${member}: `)),
    });
  });

  it('names every invalid member', () => {
    const { unreadable } = readCheckoutMessage(envelope({ tenant: 1, attempt: 0 })) as { unreadable: string };

    expect(unreadable.split('; ')).toHaveLength(2);
  });
});

describe('a body with U+FFFD, which the host delivers in place of bytes that are not UTF-8', () => {
  it.each([
    ['as text', 'gr\ufffdn', 'gr\ufffdn'],
    ['in a member', envelope({ traceparent: 'gr\ufffdn' }), 'gr\ufffdn'],
    ['in the name of a member', { ...envelope(), 'gr\ufffdn': 1 }, 'gr\ufffdn'],
    ['in a list', envelope({}, { more: ['x', ['gr\ufffdn']] }), 'gr\ufffdn'],
    [
      'in a long text',
      `${'a'.repeat(99)}\ufffd${'b'.repeat(99)}`,
      `${'a'.repeat(20)}\ufffd${'b'.repeat(19)}`,
    ],
  ])('is unreadable: %s', (_, body, excerpt) => {
    const unreadable = `body: must be UTF-8; the host delivered U+FFFD in place of other bytes, as in '${excerpt}'`;

    expect(readCheckoutMessage(body)).toEqual({ unreadable });
    expect(readBulkMessage(body)).toEqual({ unreadable });
  });

  it('is found in a body that is nested more deeply than the stack allows', () => {
    const deep = JSON.parse(`${'['.repeat(50_000)}"\ufffd"${']'.repeat(50_000)}`) as unknown;

    expect(whyNotUtf8(deep)).toContain("'\ufffd'");
  });
});
