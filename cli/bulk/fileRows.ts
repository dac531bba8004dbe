/**
 * The rows of a result file for the items of an order file: submitted, not submitted, or rejected. They are apart from
 * `result.ts`, because the rules that read an order file take longer to load than the commands that read none. Pure.
 */
import { ERRORS } from '../../shared/errors.ts';
import type { BulkOrderItem } from './client.ts';
import { type GoodItem, namesOf, type PlacedItem, type RejectedItem } from './plan.ts';
import { BLANK, itemRow, type ResultRow } from './result.ts';

/** The rows of a bulk order whose items have these places in the file. */
export function partRows(items: readonly GoodItem[], of: readonly BulkOrderItem[], id: string): ResultRow[] {
  return of.map((one) => {
    const { index = one.index, content = '' } = items[one.index] ?? {};
    return { ...itemRow(one, id), index: String(index), content };
  });
}

/** The rows of items whose outcome is not known; the id of their bulk order may not be known either. */
export const submittedRows = (items: readonly GoodItem[], bulkOrderId = ''): ResultRow[] =>
  items.map((item) => ({ ...goodRow(item), state: 'submitted', bulkOrderId }));

/** The rows of items that were not submitted. */
export const unsubmittedRows = (items: readonly GoodItem[]): ResultRow[] =>
  items.map((item) => ({ ...goodRow(item), state: 'notSubmitted' }));

/** The rows of items that are not ordered because they are invalid. */
export const rejectedRows = (items: readonly RejectedItem[]): ResultRow[] =>
  items.map((item) => ({
    ...namedRow(item),
    state: 'rejected',
    errorCode: ERRORS.invalidInput.code,
    error: item.problems.join('; '),
  }));

const goodRow = (item: GoodItem): ResultRow => ({ ...namedRow(item), content: item.content });

const namedRow = ({ index, json }: PlacedItem): ResultRow => ({
  ...BLANK,
  ...namesOf(json),
  index: String(index),
});
