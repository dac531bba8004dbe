import type { ServiceBusReceivedMessage } from '@azure/service-bus';
import { expect, test } from 'vitest';
import { toManualMessageInput, toMessageInput } from '../../src/serviceBus/messageInput.ts';

function message(members: object): ServiceBusReceivedMessage {
  return {
    body: Buffer.from('hello'),
    _rawAmqpMessage: { bodyType: 'data' },
    ...members,
  } as ServiceBusReceivedMessage;
}

test('The metadata of a message has the names and types of the Service Bus extension', () => {
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

test('A JSON body is merged into the metadata of a text trigger, not of a binary trigger', () => {
  const received = message({ body: Buffer.from('{"deliveryCount":99}') });

  expect(toMessageInput(received, false).triggerMetadata).toMatchObject({ DeliveryCount: { string: '99' } });
  expect(toMessageInput(received, true).triggerMetadata).toMatchObject({ DeliveryCount: { json: '1' } });
  expect(toMessageInput(received, true).data).toEqual({ bytes: received.body });
});

test.each([['Diagnostic-Id'], ['traceparent']])(
  'The application property %s becomes the trace context',
  (property) => {
    const traceParent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

    const { traceContext } = toMessageInput(
      message({ applicationProperties: { [property]: traceParent } }),
      false,
    );

    expect(traceContext).toEqual({ traceParent, traceState: '', attributes: {} });
  },
);

test('The message of a run on demand has a body and the delivery count 0', () => {
  const { data, triggerMetadata } = toManualMessageInput('{"a":1}');

  expect(data).toEqual({ string: '{"a":1}' });
  expect(triggerMetadata).toMatchObject({ DeliveryCount: { json: '0' }, a: { string: '1' } });
  expect(triggerMetadata).not.toHaveProperty('MessageId');
});
