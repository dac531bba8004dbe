/** How a file is cut into bulk orders, and under which request ids. */
import { describe, expect, it } from 'vitest';
import type { FileItem } from '../../../cli/bulk/fileItem.ts';
import { type GoodItem, partsOf, sortedOut } from '../../../cli/bulk/plan.ts';

const itemsOf = (...references: string[]): GoodItem[] =>
  references.map((reference, index) => ({ index, json: { reference } }));
const items = itemsOf('r1', 'r2', 'r3');
const [{ requestId } = { requestId: '' }] = partsOf({}, items, {});

describe('a file', () => {
  it('is cut by the number of items', () => {
    const parts = partsOf({}, items, {}, { items: 2, bytes: 1_000 });

    expect(parts.map(({ body }) => JSON.parse(body))).toEqual([
      { items: [{ reference: 'r1' }, { reference: 'r2' }] },
      { items: [{ reference: 'r3' }] },
    ]);
    expect(parts.flatMap((part) => part.items)).toEqual(items);
  });

  it('is cut before a body grows too large, to the byte', () => {
    const sizes = (bytes: number) =>
      partsOf({}, itemsOf('é', 'é', 'é'), {}, { items: 10, bytes }).map(({ body }) =>
        Buffer.byteLength(body),
      );
    const two = Buffer.byteLength(JSON.stringify({ items: [{ reference: 'é' }, { reference: 'é' }] }));

    expect(sizes(two)).toEqual([two, two - Buffer.byteLength('{"reference":"é"},')]);
    expect(sizes(two - 1)).toHaveLength(3);
  });

  it('says what the command says before what stands in it', () => {
    const head = { reference: 'file', errorPolicy: 'continue' };

    const [part] = partsOf(head, itemsOf('r1'), { errorPolicy: 'stopOnFirstError', reference: undefined });

    expect(JSON.parse(part?.body ?? '')).toEqual({
      reference: 'file',
      errorPolicy: 'stopOnFirstError',
      items: [{ reference: 'r1' }],
    });
  });

  it('has the same request id however often it is submitted', () => {
    expect(partsOf({}, itemsOf('r1', 'r2', 'r3'), { again: undefined })[0]?.requestId).toBe(requestId);
  });

  it.each([
    ['other items', itemsOf('r1', 'r2'), {}],
    ['another wish', items, { acceptValid: true as const }],
    ['a word of its own', items, { again: 'March' }],
  ])('has another request id with %s', (_, other, wanted) => {
    expect(partsOf({}, other, wanted)[0]?.requestId).not.toBe(requestId);
  });
});

describe('what is left out', () => {
  const customerId = 'd6bf25b7-e0a8-4f2d-a31b-97b55cfc774d';
  const seats = { catalogItemId: 'A:1', billingCycle: 'monthly' };
  const fileItem = (reference: string, quantity = 1, more = {}): FileItem => ({
    raw: { json: { reference, customerId, cart: { lineItems: [{ ...seats, quantity, ...more }] } } },
    place: (path) => `${reference} ${path}`,
  });
  const referencesIn = ({ body }: { body: string }) =>
    (JSON.parse(body) as { items: { reference: string }[] }).items.map(({ reference }) => reference);
  const partsFrom = (file: readonly FileItem[], limits?: { items: number; bytes: number }) =>
    partsOf({}, sortedOut(file).good, { acceptValid: true }, limits);

  it('is in no part, also where the part knows nothing of the item before it', () => {
    const file = ['r1', 'r2', 'r1', 'r3'].map((reference) => fileItem(reference));

    const { good, leftOut } = sortedOut(file);

    expect(partsFrom(file, { items: 2, bytes: 10_000 }).map(referencesIn)).toEqual([['r1', 'r2'], ['r3']]);
    expect(good.map(({ index }) => index)).toEqual([0, 1, 3]);
    expect(leftOut).toEqual([
      { index: 2, json: expect.anything(), problems: ['r1 reference: is that of r1  already'] },
    ]);
  });

  it('makes no part of its own, however many there are or how large one is', () => {
    const huge = fileItem('huge', 1, { friendlyName: 'x'.repeat(17 * 1_024 * 1_024) });
    const broken: FileItem = { raw: { problem: 'not JSON' }, place: () => 'line 3' };
    const file = [fileItem('r1'), fileItem('bad', 0), broken, huge, fileItem('r2')];

    expect(partsFrom(file, { items: 1, bytes: 10_000 }).map(referencesIn)).toEqual([['r1'], ['r2']]);
    expect(partsFrom(file.slice(1, 4))).toEqual([]);
  });

  it('changes nothing of the calls of the others', () => {
    const ids = (file: readonly FileItem[]) => partsFrom(file).map(({ requestId }) => requestId);

    expect(ids([fileItem('r1'), fileItem('bad', 0), fileItem('r1')])).toEqual(ids([fileItem('r1')]));
  });
});
