/**
 * Finds the items that an earlier run has ordered with other content. The service would take such an item for a new one
 * and order it beside the first; often its row was only corrected. Pure.
 */
import { sameText } from '../../shared/bulk/itemIdentity.ts';
import type { GoodItem } from './plan.ts';
import { isOrdered } from './result.ts';
import type { EarlierResult } from './resultFile.ts';

export interface ChangedItem {
  item: GoodItem;
  /** The result file that shows the reference as ordered. */
  path: string;
}

/**
 * The bulk orders of items that a result shows as failed or cancelled and that have other content now: a retry may have
 * ordered them since the result was written.
 */
export function mayHaveBeenRetried(items: readonly GoodItem[], earlier: readonly EarlierResult[]): string[] {
  const contents = new Map(items.map(({ reference, content }) => [sameText(reference), content]));
  const rows = earlier.flatMap((result) => result.rows).filter((row) => !isOrdered(row));
  const changed = rows.filter(({ reference, content, bulkOrderId }) => {
    const now = contents.get(sameText(reference));
    return bulkOrderId !== '' && content !== '' && now !== undefined && now !== content;
  });
  return [...new Set(changed.map(({ bulkOrderId }) => bulkOrderId))];
}

/** Items whose reference was ordered before, and never with their present content. A result without contents is ignored. */
export function changedItems(items: readonly GoodItem[], earlier: readonly EarlierResult[]): ChangedItem[] {
  const ordered = new Map<string, { path: string; contents: Set<string> }>();
  for (const { path, rows } of earlier) {
    for (const row of rows.filter(({ content }) => content !== '').filter(isOrdered)) {
      const one = ordered.get(sameText(row.reference)) ?? { path, contents: new Set() };
      one.contents.add(row.content);
      ordered.set(sameText(row.reference), one);
    }
  }
  return items.flatMap((item) => {
    const before = ordered.get(sameText(item.reference));
    return before && !before.contents.has(item.content) ? [{ item, path: before.path }] : [];
  });
}
