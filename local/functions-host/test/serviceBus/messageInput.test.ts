import type { ServiceBusReceivedMessage } from '@azure/service-bus';
import { expect, test } from 'vitest';
import { manualMessage, toMessageInput } from '../../src/serviceBus/messageInput.ts';

function message(members: object): ServiceBusReceivedMessage {
  return { body: Buffer.from('hello'), ...members } as ServiceBusReceivedMessage;
}

test('the metadata has the names and the types of the extension', () => {
  const received = message({
    messageId: '12345',
    lockToken: 'a-b-c',
    deliveryCount: 2,
    sequenceNumber: 7,
    subject: 'checkout',
    applicationProperties: { TenantId: 't' },
    enqueuedTimeUtc: new Date('2026-11-20T17:54:57.820Z'),
    expiresAtUtc: new Date('2026-11-21T00:00:00.000Z'),
  });

  const { data, triggerMetadata } = toMessageInput(received, false);

  expect(data).toEqual({ string: 'hello' });
  expect(triggerMetadata).toEqual({
    MessageReceiver: { json: '{}' },
    MessageSession: { json: '{}' },
    MessageActions: { json: '{}' },
    SessionActions: { json: '{}' },
    ReceiveActions: { json: '{}' },
    Client: { json: '{}' },
    DeliveryCount: { json: '3' },
    SequenceNumber: { json: '7' },
    EnqueuedTimeUtc: { json: '"2026-11-20T17:54:57.82"' },
    EnqueuedTime: { json: '"2026-11-20T17:54:57.82+00:00"' },
    ExpiresAtUtc: { json: '"2026-11-21T00:00:00"' },
    ExpiresAt: { json: '"2026-11-21T00:00:00+00:00"' },
    ApplicationProperties: { json: '{"TenantId":"t"}' },
    UserProperties: { json: '{"TenantId":"t"}' },
    LockToken: { string: 'a-b-c' },
    MessageId: { string: '12345' },
    Subject: { string: 'checkout' },
    Label: { string: 'checkout' },
  });
});

test('a JSON body leaks into the metadata of a text trigger only', () => {
  const received = message({ body: Buffer.from('{"deliveryCount":99}') });

  expect(toMessageInput(received, false).triggerMetadata).toMatchObject({ DeliveryCount: { string: '99' } });
  expect(toMessageInput(received, true).triggerMetadata).toMatchObject({ DeliveryCount: { json: '1' } });
  expect(toMessageInput(received, true).data).toEqual({ bytes: received.body });
});

test.each([['Diagnostic-Id'], ['traceparent']])('the property %s becomes the trace context', (property) => {
  const traceParent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

  const { traceContext } = toMessageInput(
    message({ applicationProperties: { [property]: traceParent } }),
    false,
  );

  expect(traceContext).toEqual({ traceParent, traceState: '', attributes: {} });
});

test('a body that is no data section or no UTF-8 cannot be bound', () => {
  expect(() => toMessageInput(message({ body: 'an AMQP value' }), false)).toThrow('data section');
  expect(() => toMessageInput(message({ body: Buffer.from([0xff, 0xfe]) }), false)).toThrow();
});

test('a message by hand has a body and no delivery', () => {
  const { data, triggerMetadata } = manualMessage('{"a":1}');

  expect(data).toEqual({ string: '{"a":1}' });
  expect(triggerMetadata).toMatchObject({ DeliveryCount: { json: '0' }, a: { string: '1' } });
  expect(triggerMetadata).not.toHaveProperty('MessageId');
});
