/** How a file is cut into bulk orders, and under which request ids. */
import { describe, expect, it } from 'vitest';
import type { OrderFile } from '../../../local/bulk/orderFile.ts';
import { partsOf } from '../../../local/bulk/plan.ts';

const fileOf = (head: object, ...references: string[]): OrderFile => ({
  head: { ...head },
  items: references.map((reference) => ({ raw: { json: { reference } }, place: () => '' })),
});
const file = fileOf({}, 'r1', 'r2', 'r3');
const [{ requestId } = { requestId: '' }] = partsOf(file, {});

describe('a file', () => {
  it('is cut by the number of items', () => {
    const parts = partsOf(file, {}, { items: 2, bytes: 1_000 });

    expect(parts.map(({ body }) => JSON.parse(body))).toEqual([
      { items: [{ reference: 'r1' }, { reference: 'r2' }] },
      { items: [{ reference: 'r3' }] },
    ]);
  });

  it('is cut before a body grows too large, to the byte', () => {
    const sizes = (bytes: number) =>
      partsOf(fileOf({}, 'é', 'é', 'é'), {}, { items: 10, bytes }).map(({ body }) => Buffer.byteLength(body));
    const two = Buffer.byteLength(JSON.stringify({ items: [{ reference: 'é' }, { reference: 'é' }] }));

    expect(sizes(two)).toEqual([two, two - Buffer.byteLength('{"reference":"é"},')]);
    expect(sizes(two - 1)).toHaveLength(3);
  });

  it('says what the command says before what stands in it', () => {
    const head = { reference: 'file', errorPolicy: 'continue' };

    const [part] = partsOf(fileOf(head, 'r1'), { errorPolicy: 'stopOnFirstError', reference: undefined });

    expect(JSON.parse(part?.body ?? '')).toEqual({
      reference: 'file',
      errorPolicy: 'stopOnFirstError',
      items: [{ reference: 'r1' }],
    });
  });

  it('has the same request id however often it is submitted', () => {
    expect(partsOf(fileOf({}, 'r1', 'r2', 'r3'), { again: undefined })[0]?.requestId).toBe(requestId);
  });

  it.each([
    ['other items', fileOf({}, 'r1', 'r2'), {}],
    ['another wish', file, { acceptValid: true as const }],
    ['a word of its own', file, { again: 'March' }],
  ])('has another request id with %s', (_, other, wanted) => {
    expect(partsOf(other, wanted)[0]?.requestId).not.toBe(requestId);
  });
});
