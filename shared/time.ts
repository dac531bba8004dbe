/** Epoch milliseconds as Partner Center writes times: UTC, seven digits, `Z` (`2018-03-15T17:15:02.3840000Z`). */
export function timestamp(ms: number): string {
  return new Date(ms).toISOString().replace('Z', '0000Z');
}
