import { expect, test } from 'vitest';
import { applyBindingData } from '../../src/serviceBus/bindingData.ts';

const metadata = { DeliveryCount: { json: '1' }, MessageId: { string: 'm-1' } };

test('A body member with the name of a metadata entry replaces it, without regard to case', () => {
  expect(applyBindingData(metadata, '{"deliverycount": 99, "MESSAGEID": "mine"}')).toEqual({
    DeliveryCount: { string: '99' },
    MessageId: { string: 'mine' },
  });
});

test('Other top-level body members are added to the metadata', () => {
  const body = { text: 'a', number: 1.5, yes: true, no: false, object: { a: [1] }, list: [1], nothing: null };

  expect(applyBindingData({}, JSON.stringify(body))).toEqual({
    text: { string: 'a' },
    number: { string: '1.5' },
    yes: { string: 'True' },
    no: { string: 'False' },
    object: { json: '{"a":[1]}' },
  });
});

test('Body members that differ only in case are one entry with the last value', () => {
  expect(applyBindingData({}, '{"a": 1, "A": 2}')).toEqual({ a: { string: '2' } });
});

test.each([
  ['2026-11-20T17:54:57Z', '11/20/2026 17:54:57'],
  ['2026-11-20T17:54:57.123+02:00', '11/20/2026 15:54:57'],
  ['2026-11-20T17:54:57', '11/20/2026 17:54:57'],
  ['2026-11-20', '2026-11-20'],
  ['2026-99-20T17:54:57Z', '2026-99-20T17:54:57Z'],
])('The body value %s becomes the metadata text %s', (text, expected) => {
  expect(applyBindingData({}, JSON.stringify({ at: text }))).toEqual({ at: { string: expected } });
});

test.each([['text'], ['[{"DeliveryCount": 99}]'], ['{"DeliveryCount": 99'], ['"{}"'], ['']])(
  'The body %s leaves the metadata unchanged',
  (body) => {
    expect(applyBindingData(metadata, body)).toEqual(metadata);
  },
);
