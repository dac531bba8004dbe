/**
 * ISO 8601 durations as settings and entities spell them (`P7D`, `PT2M`, `PT0.5S`), in milliseconds.
 * Years and months are refused: their length depends on a calendar, and nothing here is timed by one.
 */

const PATTERN = /^P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d{1,3})?)S)?)?$/;
const UNIT_MS = [7 * 86_400_000, 86_400_000, 3_600_000, 60_000, 1_000];

/** The length of an ISO 8601 duration in milliseconds, or `undefined` when the text is not one. */
export function parseDuration(text: string): number | undefined {
  const match = PATTERN.exec(text);
  if (!match || text.endsWith('P') || text.endsWith('T')) return undefined;
  return UNIT_MS.reduce((sum, unitMs, i) => sum + Math.round(Number(match[i + 1] ?? 0) * unitMs), 0);
}

/** Milliseconds as the shortest ISO 8601 duration of days, hours, minutes and seconds (`90000` → `PT1M30S`). */
export function formatDuration(ms: number): string {
  const days = Math.floor(ms / 86_400_000);
  const hours = Math.floor(ms / 3_600_000) % 24;
  const minutes = Math.floor(ms / 60_000) % 60;
  const seconds = (ms % 60_000) / 1_000;
  const time = `${hours ? `${hours}H` : ''}${minutes ? `${minutes}M` : ''}${seconds ? `${seconds}S` : ''}`;
  const text = `P${days ? `${days}D` : ''}${time ? `T${time}` : ''}`;
  return text === 'P' ? 'PT0S' : text;
}
