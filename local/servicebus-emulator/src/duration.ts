// Reads the ISO 8601 durations of a Service Bus deployment. It promises milliseconds or an Error that quotes the text;
// years and months are refused, because they have no fixed length.

const DURATION = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/;
const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** Turns a duration such as `PT1M` or `P14D` into milliseconds; throws on anything else. */
export function durationMs(text: string): number {
  const match = DURATION.exec(text);
  if (!match || text.endsWith('P') || text.endsWith('T')) {
    throw new Error(
      `"${text}" is not an ISO 8601 duration of days, hours, minutes and seconds, such as PT1M`,
    );
  }
  const [days = 0, hours = 0, minutes = 0, seconds = 0] = match.slice(1).map((part) => Number(part ?? 0));
  return Math.round(days * DAY_MS + hours * HOUR_MS + minutes * MINUTE_MS + seconds * SECOND_MS);
}
