/** Rows as CSV (RFC 4180) for people with a spreadsheet. What a spreadsheet would take for a formula is told to be text; in East Asian settings it takes full-width signs for one, too. */

/** The rows, each ended by CRLF. */
export const csvOf = (rows: readonly (readonly string[])[]): string =>
  rows.map((cells) => `${cells.map(cell).join(',')}\r\n`).join('');

function cell(value: string): string {
  const text = /^[=+\-@＝＋－＠\t\r\n]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
