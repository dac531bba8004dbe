/** Filters of table queries. The storage SDK has the same function, but it would load with the rest of the SDK. */

/** A filter with its texts quoted: `odata\`RowKey ge ${key}\``. */
export function odata(parts: TemplateStringsArray, ...texts: string[]): string {
  return String.raw({ raw: parts }, ...texts.map((text) => `'${text.replaceAll("'", "''")}'`));
}
