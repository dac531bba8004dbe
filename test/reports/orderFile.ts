/** The real command line on a shared stack with the ordering desk, for the reports about order files. */
import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { readResult } from '../../cli/bulk/resultFile.ts';
import { cartwright, type Outcome } from '../cli/processes.ts';
import { bulkClient } from '../e2e/bulkClient.ts';
import { ledgerOf } from '../e2e/deskClient.ts';
import { type Service, sharedService } from '../e2e/running.ts';

export const HEADER = 'reference,customerId,catalogItemId,quantity,billingCycle,friendlyName';
const OFFER = 'DG7GMGF0DWTL:0001:DG7GMGF0DSJB';

/** A row of an order file, whose cart has one line item. */
export const row = (reference: string, customer: string, quantity: string | number = 2, name = ''): string =>
  `${reference},${customer},${OFFER},${quantity},one_time,${name}`;

/** The same row as an item of the API. */
export const item = (reference: string, customerId: string, quantity: unknown = 2) => ({
  reference,
  customerId,
  cart: { lineItems: [{ catalogItemId: OFFER, quantity, billingCycle: 'one_time' }] },
});

/** The command line and the ordering desk, for the tests of one file. */
export function onSharedStack() {
  let service: Service;
  let folder: string;
  let connection: string[];
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cartwright-report-'));
    service = await sharedService('bulk');
    connection = ['--url', service.url, '--token', await service.token()];
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const bulk = (...args: string[]): Promise<Outcome> => cartwright('bulk', ...args);

  return {
    service: () => service,
    folder: () => folder,
    bulk,
    submit: (path: string, ...options: string[]) => bulk('submit', path, ...options, ...connection),
    retry: (id: string, ...options: string[]) => bulk('retry', id, ...options, ...connection),
    /** Writes an order file; an array is the lines below the usual headings. */
    async file(
      content: readonly string[] | string | Uint8Array,
      name = `${randomUUID()}.csv`,
    ): Promise<string> {
      const path = join(folder, name);
      const isRows = Array.isArray(content);
      await writeFile(
        path,
        isRows ? [HEADER, ...(content as string[])].join('\n') : (content as string | Uint8Array),
      );
      return path;
    },
    /** The counters of a bulk order when it has ended. */
    async follow(id: string): Promise<Record<string, number>> {
      return (await bulkClient(service).ended(id)).counts;
    },
    /** How many orders the desk has made for a customer, by its own ledger. */
    ordersOf: async (customer: string) => (await ledgerOf(service, customer)).length,
  };
}

/** The state of each reference in the result file of an order file. */
export async function statesIn(path: string): Promise<Record<string, string>> {
  const rows = (await readResult(`${path}.result.csv`))?.rows ?? [];
  return Object.fromEntries(rows.map(({ reference, state }) => [reference, state]));
}

/** Replaces the content of an order file by an edited one. */
export async function edit(path: string, change: (text: string) => string): Promise<void> {
  await writeFile(path, change(await readFile(path, 'utf8')));
}
