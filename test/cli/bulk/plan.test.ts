/** A file is validated and split into bulk orders with stable request ids. */
import { describe, expect, it } from 'vitest';
import type { FileItem } from '../../../cli/bulk/fileItem.ts';
import { type GoodItem, partsOf, sortedOut } from '../../../cli/bulk/plan.ts';
import { CUSTOMER } from './files.ts';

const itemsOf = (...references: string[]): GoodItem[] =>
  references.map((reference, index) => ({ index, json: { reference }, reference, content: 'c' }));
const items = itemsOf('r1', 'r2', 'r3');
const [{ requestId } = { requestId: '' }] = partsOf({}, items, {});

describe('The bulk orders of a file', () => {
  it('A bulk order has at most the number of items that the service accepts', () => {
    const parts = partsOf({}, items, {}, { items: 2, bytes: 1_000 });

    expect(parts.map(({ body }) => JSON.parse(body))).toEqual([
      { repeats: 'skip', items: [{ reference: 'r1' }, { reference: 'r2' }] },
      { repeats: 'skip', items: [{ reference: 'r3' }] },
    ]);
    expect(parts.flatMap((part) => part.items)).toEqual(items);
  });

  it('A bulk order has at most the number of bytes that the service accepts', () => {
    const sizes = (bytes: number) =>
      partsOf({}, itemsOf('é', 'é', 'é'), {}, { items: 10, bytes }).map(({ body }) =>
        Buffer.byteLength(body),
      );
    const both = { repeats: 'skip', items: [{ reference: 'é' }, { reference: 'é' }] };
    const two = Buffer.byteLength(JSON.stringify(both));

    expect(sizes(two)).toEqual([two, two - Buffer.byteLength('{"reference":"é"},')]);
    expect(sizes(two - 1)).toHaveLength(3);
  });

  it('A bulk order skips items that were ordered before, unless the file states otherwise', () => {
    const repeatsIn = (head: object) => JSON.parse(partsOf(head, items, {})[0]?.body ?? '').repeats;

    expect({ byDefault: repeatsIn({}), inFile: repeatsIn({ repeats: 'order' }) }).toEqual({
      byDefault: 'skip',
      inFile: 'order',
    });
  });

  it('Options take precedence over the file, and --again sets the label', () => {
    const head = { reference: 'file', errorPolicy: 'continue', label: 'April' };

    const [part] = partsOf(head, itemsOf('r1'), {
      errorPolicy: 'stopOnFirstError',
      reference: undefined,
      again: 'May',
    });

    expect(JSON.parse(part?.body ?? '')).toEqual({
      repeats: 'skip',
      reference: 'file',
      errorPolicy: 'stopOnFirstError',
      label: 'May',
      items: [{ reference: 'r1' }],
    });
  });

  it('A file has the same request ids each time it is submitted', () => {
    expect(partsOf({}, itemsOf('r1', 'r2', 'r3'), { again: undefined })[0]?.requestId).toBe(requestId);
  });

  it.each([
    ['other items', itemsOf('r1', 'r2'), {}],
    ['other options', items, { acceptValid: true as const }],
    ['a label', items, { again: 'March' }],
  ])('The request ids change with %s', (_, other, wanted) => {
    expect(partsOf({}, other, wanted)[0]?.requestId).not.toBe(requestId);
  });
});

describe('Rejected items', () => {
  const seats = { catalogItemId: 'A:1', billingCycle: 'monthly' };
  const fileItem = (reference: string, quantity = 1, more = {}): FileItem => ({
    raw: {
      json: { reference, customerId: CUSTOMER, cart: { lineItems: [{ ...seats, quantity, ...more }] } },
    },
    source: reference,
    place: (path) => [reference, path].filter(Boolean).join(' '),
    repeated: (other) => `must be unique; ${other} has it as well`,
  });
  const referencesIn = ({ body }: { body: string }) =>
    (JSON.parse(body) as { items: { reference: string }[] }).items.map(({ reference }) => reference);
  const partsFrom = (file: readonly FileItem[], limits?: { items: number; bytes: number }) =>
    partsOf({}, sortedOut(file).good, { acceptValid: true }, limits);

  it('A rejected item is in no bulk order, nor is any other item with its reference', () => {
    const file = ['r1', 'r2', 'r1', 'r3', 'r4'].map((reference) => fileItem(reference));

    const { good, rejected } = sortedOut(file);

    expect(partsFrom(file, { items: 2, bytes: 10_000 }).map(referencesIn)).toEqual([['r2', 'r3'], ['r4']]);
    expect(good.map(({ index }) => index)).toEqual([1, 3, 4]);
    expect(rejected.map(({ index, problems }) => ({ index, problems }))).toEqual([
      { index: 0, problems: ['r1 reference: must be unique; r1 has it as well'] },
      { index: 2, problems: ['r1 reference: must be unique; r1 has it as well'] },
    ]);
  });

  it('No bulk order has rejected items, however many or large they are', () => {
    const huge = fileItem('huge', 1, { friendlyName: 'x'.repeat(17 * 1_024 * 1_024) });
    const broken: FileItem = { ...fileItem('r3'), raw: { problem: 'must be JSON' } };
    const file = [fileItem('r1'), fileItem('bad', 0), broken, huge, fileItem('r2')];

    expect(partsFrom(file, { items: 1, bytes: 10_000 }).map(referencesIn)).toEqual([['r1'], ['r2']]);
    expect(partsFrom(file.slice(1, 4))).toEqual([]);
  });

  it('A rejected item does not change the requests of the other items', () => {
    const ids = (file: readonly FileItem[]) => partsFrom(file).map(({ requestId: id }) => id);

    expect(ids([fileItem('r1'), fileItem('bad', 0)])).toEqual(ids([fileItem('r1')]));
  });

  it('A rejected item lists at most five problems', () => {
    const { rejected } = sortedOut([{ ...fileItem('r1'), problems: ['1', '2', '3', '4', '5', '6'] }]);

    expect(rejected[0]?.problems).toHaveLength(5);
  });

  it.each(['4.50012E+12', '#N/A'])(
    'An item whose reference a spreadsheet has damaged is rejected: %s',
    (reference) => {
      expect(sortedOut([fileItem(reference)]).rejected[0]?.problems[0]).toContain(
        `${reference} reference: must`,
      );
    },
  );
});
