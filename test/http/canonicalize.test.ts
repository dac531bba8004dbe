/** Members get their canonical names, whatever letter case a client sends. */
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

describe('Member names', () => {
  it.each(['quantity', 'Quantity', 'QUANTITY', 'qUANTITY'])(
    'A member name matches in any letter case: %s',
    (name) => {
      expect(read(`{"${name}":2}`)).toEqual({ quantity: 2 });
    },
  );

  it('Member names match in any letter case at every level', () => {
    expect(
      read('{"RenewsTo":{"TERMDURATION":"P1Y"},"Items":[{"TermDuration":"P1M"},{"termDuration":"P3Y"}]}'),
    ).toEqual({
      renewsTo: { termDuration: 'P1Y' },
      items: [{ termDuration: 'P1M' }, { termDuration: 'P3Y' }],
    });
  });

  it('The last of two members whose names differ only in case takes effect', () => {
    expect(read('{"quantity":1,"Quantity":2}')).toEqual({ quantity: 2 });
  });

  it('Unknown members are dropped, and so are members that are named like those of Object.prototype', () => {
    const named = read(
      '{"status":"Ordered","__proto__":{"polluted":1},"constructor":{"a":1},"toString":2}',
    ) as object;

    expect(Object.keys(named)).toEqual([]);
    expect(Object.getPrototypeOf(named)).toBe(Object.prototype);
    expect({}).not.toHaveProperty('polluted');
  });
});

describe('Absent values', () => {
  it.each([
    'null',
    '""',
    '"0001-01-01T00:00:00"',
    '"0001-01-01T00:00:00Z"',
    '"0001-01-01T00:00:00.0000000Z"',
  ])('The value %s counts as absent', (value) => {
    expect(read(`{"expirationTimestamp":${value},"renewsTo":{"termDuration":${value}}}`)).toEqual({
      renewsTo: {},
    });
  });

  it.each(['0', 'false', '" "', '"0002-01-01T00:00:00"', '[]'])(
    'The value %s does not count as absent',
    (value) => {
      expect(read(`{"expirationTimestamp":${value}}`)).toEqual({ expirationTimestamp: JSON.parse(value) });
    },
  );
});

describe('Dictionaries', () => {
  it('The keys of a dictionary begin with a lower-case letter, as in responses of Partner Center', () => {
    expect(read('{"Context":{"ParentSubscriptionId":"a","scope":"b","URL":"c"}}')).toEqual({
      context: { parentSubscriptionId: 'a', scope: 'b', uRL: 'c' },
    });
  });

  it('A dictionary drops null values and the key __proto__', () => {
    const { context } = read('{"context":{"a":null,"__proto__":{"polluted":1},"b":""}}') as {
      context: object;
    };

    expect(Object.entries(context)).toEqual([['b', '']]);
    expect(context).not.toHaveProperty('polluted');
  });
});

describe('Values of an unexpected type', () => {
  it.each(['"text"', '5', 'true'])('A value of an unexpected type is left for validation: %s', (value) => {
    const json = `{"quantity":${value},"context":${value},"renewsTo":${value},"items":${value}}`;

    expect(read(json)).toEqual(JSON.parse(json));
  });

  it('Lists and objects of an unexpected type are left for validation, with canonical names where a list has an object in it', () => {
    expect(read('{"items":{"a":1},"context":["x"],"renewsTo":[{"TermDuration":"P1Y"},null,3]}')).toEqual({
      items: { a: 1 },
      context: ['x'],
      renewsTo: [{ termDuration: 'P1Y' }, undefined, 3],
    });
  });
});
