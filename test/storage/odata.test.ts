/** Filters of table queries, as the storage SDK writes them. */
import { odata as odataOfSdk } from '@azure/data-tables';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { odata } from '../../shared/storage/odata.ts';

it('A filter is that of the storage SDK, whatever its texts contain', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (one, other) => {
      expect(odata`PartitionKey eq ${one} and RowKey ge ${other}`).toBe(
        odataOfSdk`PartitionKey eq ${one} and RowKey ge ${other}`,
      );
    }),
  );
});
