/** ISO 8601 durations, as entity properties use them. Years and months are rejected: they have no fixed length. */

const DURATION = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/;
const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** Converts a duration such as `PT1M` or `P14D` to milliseconds. Throws an Error that quotes any other text. */
export function parseDuration(text: string): number {
  const match = DURATION.exec(text);
  if (!match || text.endsWith('P') || text.endsWith('T')) {
    throw new Error(
      `"${text}" is not an ISO 8601 duration of days, hours, minutes and seconds, such as PT1M.`,
    );
  }
  const [days = 0, hours = 0, minutes = 0, seconds = 0] = match.slice(1).map((part) => Number(part ?? 0));
  return Math.round(days * DAY_MS + hours * HOUR_MS + minutes * MINUTE_MS + seconds * SECOND_MS);
}
