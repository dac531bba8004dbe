/**
 * NCRONTAB, the schedule format of Azure timers: six fields, or five with seconds 0, in UTC. Guarantees the
 * grammar of the NCrontab library (no 7 for Sunday, no L, W, # or ?). Unlike in cron, day of month *and* day of
 * week must both match.
 */
import { errorMessage } from '../startupError.ts';

const monthNames = [
  'january',
  'february',
  'march',
  'april',
  'may',
  'june',
  'july',
  'august',
  'september',
  'october',
  'november',
  'december',
];
const weekdayNames = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];
const noNames: readonly string[] = [];
const fields = {
  seconds: { least: 0, most: 59, names: noNames },
  minutes: { least: 0, most: 59, names: noNames },
  hours: { least: 0, most: 23, names: noNames },
  days: { least: 1, most: 31, names: noNames },
  months: { least: 1, most: 12, names: monthNames },
  weekdays: { least: 0, most: 6, names: weekdayNames },
} as const;

type FieldName = keyof typeof fields;

/** The values that match, by field. */
export type Ncrontab = Readonly<Record<FieldName, ReadonlySet<number>>>;

const dayMs = 86_400_000;
// 29 February recurs on a given weekday within 40 years.
const horizonDays = 41 * 366;

/** Parses an expression; throws when NCrontab would reject it. */
export function parseNcrontab(expression: string): Ncrontab {
  const parts = expression.split(/\s+/).filter(Boolean);
  const [seconds, minutes, hours, days, months, weekdays, extra] =
    parts.length === 5 ? ['0', ...parts] : parts;
  try {
    if (extra) throw new Error('The expression has more than six fields.');
    return {
      seconds: parseField('seconds', seconds),
      minutes: parseField('minutes', minutes),
      hours: parseField('hours', hours),
      days: parseField('days', days),
      months: parseField('months', months),
      weekdays: parseField('weekdays', weekdays),
    };
  } catch (error) {
    throw new Error(
      `the schedule '${expression}' is not a valid NCRONTAB expression. ${errorMessage(error)}`,
    );
  }
}

/** The first occurrence after a time (epoch milliseconds); undefined when there is none. */
export function nextOccurrence(crontab: Ncrontab, afterMs: number): number | undefined {
  const firstMs = Math.floor(afterMs / 1000) * 1000 + 1000;
  const firstDayMs = firstMs - (firstMs % dayMs);
  for (let day = 0; day < horizonDays; day++) {
    const midnightMs = firstDayMs + day * dayMs;
    if (!matchesDay(crontab, new Date(midnightMs))) continue;
    const timeOfDay = nextTimeOfDay(crontab, Math.max(0, firstMs - midnightMs) / 1000);
    if (timeOfDay !== undefined) return midnightMs + timeOfDay * 1000;
  }
  return undefined;
}

/** Whether it runs more than once in every minute: only the seconds are restricted, with more than one value. */
export function isBelowOneMinute(crontab: Ncrontab): boolean {
  const { seconds, ...others } = crontab;
  const unrestricted = Object.entries(others).every(([name, values]) => {
    const { least, most } = fields[name as FieldName];
    return values.size === most - least + 1;
  });
  return unrestricted && seconds.size > 1;
}

function matchesDay({ days, months, weekdays }: Ncrontab, date: Date): boolean {
  return days.has(date.getUTCDate()) && months.has(date.getUTCMonth() + 1) && weekdays.has(date.getUTCDay());
}

// Seconds since midnight, at or after the given second of the day.
function nextTimeOfDay({ hours, minutes, seconds }: Ncrontab, from: number): number | undefined {
  for (let hour = Math.floor(from / 3600); hour < 24; hour++) {
    if (!hours.has(hour)) continue;
    for (let minute = 0; minute < 60; minute++) {
      const start = hour * 3600 + minute * 60;
      if (!minutes.has(minute) || start + 59 < from) continue;
      for (let second = 0; second < 60; second++) {
        if (seconds.has(second) && start + second >= from) return start + second;
      }
    }
  }
  return undefined;
}

function parseField(field: FieldName, text = ''): Set<number> {
  const values = new Set<number>();
  for (const item of text.split(',')) {
    const [range = '', step] = item.split(/\/(.*)/s);
    const every = step === undefined ? undefined : wholeNumber(field, step);
    const [from, to] = bounds(field, range, every !== undefined);
    // NCrontab treats a step of 0 as 1.
    for (let value = from; value <= to; value += Math.max(1, every ?? 1)) values.add(value);
  }
  return values;
}

function bounds(field: FieldName, range: string, stepped: boolean): [number, number] {
  const { least, most } = fields[field];
  if (range === '*') return [least, most];
  const [start = '', end] = range.split(/(?<=.)-(.*)/s);
  const from = parseValue(field, start);
  if (end === undefined) return [from, stepped ? most : from];
  const to = parseValue(field, end);
  // NCrontab swaps the ends of a backward range: FRI-MON is MON-FRI.
  return from <= to ? [from, to] : [to, from];
}

function parseValue(field: FieldName, text: string): number {
  const { least, most } = fields[field];
  const named = nameIndex(field, text);
  const value = named < 0 ? wholeNumber(field, text) : named + least;
  if (value < least || value > most) throw new Error(`The ${field} must be between ${least} and ${most}.`);
  return value;
}

// NCrontab accepts every prefix of a name (`MON`, `Monday`, `mo`) and takes the first name that matches.
function nameIndex(field: FieldName, text: string): number {
  return text === '' ? -1 : fields[field].names.findIndex((name) => name.startsWith(text.toLowerCase()));
}

function wholeNumber(field: FieldName, text: string): number {
  if (!/^\d+$/.test(text)) throw new Error(`'${text}' is not a valid value for the ${field}.`);
  return Number(text);
}
