/** The headers of a response of storage: the same to the storage SDK as its collection. */
import { createHttpHeaders } from '@azure/core-rest-pipeline';
import { expect, it } from 'vitest';
import { ReceivedHeaders } from '../../shared/storage/receivedHeaders.ts';

const RECEIVED = { etag: 'W/"1"', 'x-ms-version': '2019-02-02', 'content-type': 'application/json' };

it('Received headers are found by their names in any case', () => {
  const headers = new ReceivedHeaders({ ...RECEIVED, 'x-several': ['one', 'two'], 'x-none': undefined });

  expect(headers.get('ETag')).toBe('W/"1"');
  expect(headers.get('X-Several')).toBe('one, two');
  expect(headers.has('X-MS-Version')).toBe(true);
  expect([headers.get('x-none'), headers.has('x-none'), headers.get('absent')]).toEqual([
    undefined,
    false,
    undefined,
  ]);
});

it("Received headers can be listed and changed as those of the SDK's own collection", () => {
  const [own, sdks] = [new ReceivedHeaders({ ...RECEIVED }), createHttpHeaders(RECEIVED)];
  for (const headers of [own, sdks]) {
    headers.set('X-Attempt', 2);
    headers.delete('X-MS-Version');
  }

  expect([...own]).toEqual([...sdks].map(([name, value]) => [name.toLowerCase(), value]));
  expect(own.toJSON()).toEqual(sdks.toJSON());
});
