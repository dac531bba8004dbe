/**
 * The result file: a line for every item of the file, in its order, with its cart, its orders, or why there are
 * none. The service writes the lines of each bulk order; here they are numbered through.
 */
import { rename, writeFile } from 'node:fs/promises';
import { parse } from 'csv-parse/sync';
import { csvOf } from '../../shared/http/csv.ts';
import { canonical } from '../../shared/http/names.ts';
import { BadFile } from './refusals.ts';

/** A bulk order's items as the service writes them; or items that were not submitted, as they are in the file. */
export type PartResult = { id: string; csv: string } | { items: readonly unknown[] };

/** Writes the result file over any that was there: whole or not at all. Throws BadFile when it cannot be written. */
export async function writeResult(path: string, parts: readonly PartResult[]): Promise<void> {
  try {
    await writeFile(`${path}.new`, resultCsv(parts));
    await rename(`${path}.new`, path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new BadFile(`The result file ${path} cannot be written (${code}); the same command writes it.`);
  }
}

const HEADING = [
  'index',
  'reference',
  'customerId',
  'cartId',
  'state',
  'orders',
  'errorCode',
  'error',
  'bulkOrderId',
];

/** The lines of all parts, the index of each counted from the beginning of the file. */
export function resultCsv(parts: readonly PartResult[]): string {
  const rows: string[][] = [];
  for (const part of parts) {
    const first = rows.length;
    const lines = 'csv' in part ? linesIn(part) : part.items.map(unsubmitted);
    rows.push(...lines.map(([index, ...cells]) => [String(first + Number(index)), ...cells]));
  }
  return csvOf([HEADING, ...rows]);
}

function linesIn({ id, csv }: { id: string; csv: string }): string[][] {
  const [, ...lines] = parse(csv) as string[][];
  return lines.map((line) => [...line, id]).sort(([one], [other]) => Number(one) - Number(other));
}

function unsubmitted(json: unknown, index: number): string[] {
  const names = { reference: 'value', customerId: 'value', cartId: 'value' } as const;
  const { reference, customerId, cartId } = canonical(Object(json), names) as Record<string, unknown>;
  const cells = [reference, customerId, cartId].map((cell) => String(cell ?? ''));
  return [String(index), ...cells, 'notSubmitted', '', '', '', ''];
}
