/**
 * The result file: a line for every item of the file, in its order, with its cart, its orders, or why there are
 * none. The service writes the lines of each bulk order; here they get the numbers that the items have in the file.
 */
import { rename, writeFile } from 'node:fs/promises';
import { ERRORS } from '../../shared/errors.ts';
import { csvOf, ITEM_COLUMNS } from '../../shared/http/bulkResponse.ts';
import { canonicalize } from '../../shared/http/canonicalize.ts';
import type { GoodItem, LeftOut } from './plan.ts';
import { BadFile } from './refusals.ts';

/**
 * A bulk order's items as the service writes them, with where they stand in the file, if there is one; or items that
 * were not submitted, or left out, as they are in the file.
 */
export type PartResult =
  | { id: string; lines: readonly string[][]; items?: readonly GoodItem[] }
  | { items: readonly GoodItem[] }
  | { leftOut: readonly LeftOut[] };

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

/** The lines of all parts, in the order of the file. */
export function resultCsv(parts: readonly PartResult[]): string {
  const lines = parts.flatMap((part) => {
    if ('lines' in part) return numbered(part);
    return 'leftOut' in part ? part.leftOut.map(rejected) : part.items.map(unsubmitted);
  });
  return csvOf([
    [...ITEM_COLUMNS, 'bulkOrderId'],
    ...lines.sort(([one], [other]) => Number(one) - Number(other)),
  ]);
}

function numbered({ id, lines, items }: Extract<PartResult, { id: string }>): string[][] {
  return lines.map(([index = '', ...cells]) => [
    String(items?.[Number(index)]?.index ?? index),
    ...cells,
    id,
  ]);
}

const unsubmitted = (item: GoodItem): string[] => [...namesOf(item), 'notSubmitted', '', '', '', ''];

const rejected = (item: LeftOut): string[] => [
  ...namesOf(item),
  'rejected',
  '',
  ERRORS.invalidInput.code,
  item.problems.join('; '),
  '',
];

/** An item by its index and the members that name it, as far as it has them. */
function namesOf({ index, json }: GoodItem): string[] {
  const names = { reference: 'value', customerId: 'value', cartId: 'value' } as const;
  const { reference, customerId, cartId } = canonicalize(Object(json), names) as Record<string, unknown>;
  return [
    String(index),
    ...[reference, customerId, cartId].map((cell) => (typeof cell === 'string' ? cell : '')),
  ];
}
