/**
 * NCRONTAB expressions, as far as the Azure Functions host parses them for a timer: six fields, each a list of values,
 * ranges and steps. The host skips a timer whose schedule it cannot parse and starts the app without it, so a setting
 * with such a schedule has to fail the start.
 */

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

interface Field {
  /** With its article. */
  name: string;
  min: number;
  max: number;
  /** Names of the values, from `min`; the host accepts them abbreviated or in full. */
  names?: readonly string[];
}

const FIELDS: readonly Field[] = [
  { name: 'a second', min: 0, max: 59 },
  { name: 'a minute', min: 0, max: 59 },
  { name: 'an hour', min: 0, max: 23 },
  { name: 'a day', min: 1, max: 31 },
  { name: 'a month', min: 1, max: 12, names: MONTHS },
  { name: 'a day of the week', min: 0, max: 6, names: DAYS },
];

/** What is wrong with an expression; `undefined` when the host parses it. */
export function ncrontabProblem(expression: string): string | undefined {
  const parts = expression.trim().split(/\s+/);
  if (parts.length !== FIELDS.length) {
    return `must be an NCRONTAB expression of ${FIELDS.length} fields`;
  }
  const wrong = FIELDS.find((field, n) => !(parts[n] ?? '').split(',').every((part) => isPart(part, field)));
  return wrong && `must be an NCRONTAB expression with ${wrong.name} of ${wrong.min} to ${wrong.max}`;
}

/** `*`, `5`, `1-5`, `mon-fri`, each with an optional step behind a slash. */
function isPart(part: string, field: Field): boolean {
  const [range = '', step, ...rest] = part.split('/');
  if (rest.length > 0 || (step !== undefined && !/^[1-9]\d*$/.test(step))) return false;
  if (range === '*') return true;
  const ends = range.split('-');
  return ends.length <= 2 && ends.every((end) => fieldValue(end, field) !== undefined);
}

function fieldValue(text: string, { min, max, names = [] }: Field): number | undefined {
  const isNamed = text.length >= 3 && names.some((name) => text.toLowerCase().startsWith(name));
  if (isNamed) return min;
  const value = /^\d{1,2}$/.test(text) ? Number(text) : Number.NaN;
  return value >= min && value <= max ? value : undefined;
}
