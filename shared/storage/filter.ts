/** Filters of table queries. The storage SDK quotes their texts; it loads with the first query, so a filter waits for it. */
import type { odata } from '@azure/data-tables';

/** A filter in the syntax of OData, once the SDK's function that quotes its texts is loaded. */
export type Filter = (quote: typeof odata) => string;

/** The filter with these texts: `where\`RowKey ge ${key}\``. */
export function where(parts: TemplateStringsArray, ...texts: string[]): Filter {
  return (quote) => quote(parts, ...texts);
}
