/** Order files as CSV, and the settings of a stack that works them off quickly. */
import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const HEADER = 'Reference,Customer ID,Catalog Item Id,Quantity,Billing Cycle';

/** A row of such a file: an item of one line. */
export const row = (reference: string, customer: string, quantity = '2'): string =>
  `${reference},${customer},DG7GMGF0DWTL:0001:DG7GMGF0DSJB,${quantity},one_time`;

/** Writes a file of rows into a folder; gives its path. */
export async function orderFileIn(folder: string, rows: readonly string[]): Promise<string> {
  const path = join(folder, `${randomUUID()}.csv`);
  await writeFile(path, [HEADER, ...rows].join('\n'));
  return path;
}

export const BULK_SETTINGS = {
  ORDER_GATEWAY: 'partnerCenter',
  CATALOG_FILE: 'shared/catalog/sample.json',
  BULK_IN_FLIGHT: '2',
  CHECKOUT_RETRY_BASE: 'PT0.1S',
  CHECKOUT_RETRY_CAP: 'PT0.2S',
  CHECKOUT_MAX_ATTEMPTS: '1000',
};
