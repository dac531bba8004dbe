/** Members by their canonical names, whatever case they were sent in. */
import { describe, expect, it } from 'vitest';
import { canonicalize, type Shape } from '../../shared/http/canonicalize.ts';

const INNER = { termDuration: 'value' } as const;
const SHAPE: Shape = {
  quantity: 'value',
  expirationTimestamp: 'value',
  context: 'dictionary',
  renewsTo: INNER,
  items: [() => INNER],
};
const read = (json: string) => canonicalize(JSON.parse(json), SHAPE);

describe('names', () => {
  it.each(['quantity', 'Quantity', 'QUANTITY', 'qUANTITY'])('are read in any case: %s', (name) => {
    expect(read(`{"${name}":2}`)).toEqual({ quantity: 2 });
  });

  it('are read in any case at every level', () => {
    expect(
      read('{"RenewsTo":{"TERMDURATION":"P1Y"},"Items":[{"TermDuration":"P1M"},{"termDuration":"P3Y"}]}'),
    ).toEqual({
      renewsTo: { termDuration: 'P1Y' },
      items: [{ termDuration: 'P1M' }, { termDuration: 'P3Y' }],
    });
  });

  it('come under one name, the last if there are two', () => {
    expect(read('{"quantity":1,"Quantity":2}')).toEqual({ quantity: 2 });
  });

  it('Unknown names are rejected, and so are those that every object has', () => {
    const named = read(
      '{"status":"Ordered","__proto__":{"polluted":1},"constructor":{"a":1},"toString":2}',
    ) as object;

    expect(Object.keys(named)).toEqual([]);
    expect(Object.getPrototypeOf(named)).toBe(Object.prototype);
    expect({}).not.toHaveProperty('polluted');
  });
});

describe('absent', () => {
  it.each([
    'null',
    '""',
    '"0001-01-01T00:00:00"',
    '"0001-01-01T00:00:00Z"',
    '"0001-01-01T00:00:00.0000000Z"',
  ])('is what is sent as %s', (value) => {
    expect(read(`{"expirationTimestamp":${value},"renewsTo":{"termDuration":${value}}}`)).toEqual({
      renewsTo: {},
    });
  });

  it.each(['0', 'false', '" "', '"0002-01-01T00:00:00"', '[]'])('is not what is sent as %s', (value) => {
    expect(read(`{"expirationTimestamp":${value}}`)).toEqual({ expirationTimestamp: JSON.parse(value) });
  });
});

describe('a dictionary', () => {
  it('has keys that begin with a small letter, as Partner Center answers them', () => {
    expect(read('{"Context":{"ParentSubscriptionId":"a","scope":"b","URL":"c"}}')).toEqual({
      context: { parentSubscriptionId: 'a', scope: 'b', uRL: 'c' },
    });
  });

  it('loses what is null, and __proto__', () => {
    const { context } = read('{"context":{"a":null,"__proto__":{"polluted":1},"b":""}}') as {
      context: object;
    };

    expect(Object.entries(context)).toEqual([['b', '']]);
    expect(context).not.toHaveProperty('polluted');
  });
});

describe('values of another kind than their shape', () => {
  it.each(['"text"', '5', 'true'])('are left for validation: %s', (value) => {
    const json = `{"quantity":${value},"context":${value},"renewsTo":${value},"items":${value}}`;

    expect(read(json)).toEqual(JSON.parse(json));
  });

  it('are left in lists and objects too, but for names where one object stands in a list', () => {
    expect(read('{"items":{"a":1},"context":["x"],"renewsTo":[{"TermDuration":"P1Y"},null,3]}')).toEqual({
      items: { a: 1 },
      context: ['x'],
      renewsTo: [{ termDuration: 'P1Y' }, undefined, 3],
    });
  });
});
