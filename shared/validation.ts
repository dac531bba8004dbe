/**
 * Validation messages, in one place: what a request, a setting, a catalogue or an order file gets to read when a
 * value does not fit its schema. Every message continues the path of the member: `lineItems[0].quantity: must be at
 * least 1`. No text of the validation library reaches a user, and a list of accepted values names only those.
 */
import type * as z from 'zod';
import { jsonPath } from './jsonPath.ts';

/** What is wrong with one member of a value. */
export interface FieldProblem {
  /** As {@link jsonPath} writes it; empty for the value as a whole. */
  path: string;
  message: string;
}

/**
 * The value as the schema reads it, or every problem with it, in the order of the schema. `isOnce` is for a schema that
 * reads one value in a process: the library then generates no code for it.
 */
export function validate<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  { isOnce = false }: { isOnce?: boolean } = {},
): { value: z.output<Schema> } | { problems: FieldProblem[]; issues: readonly z.core.$ZodIssue[] } {
  const parsed = schema.safeParse(value, { error: validationMessage, jitless: isOnce });
  if (parsed.success) return { value: parsed.data };
  const { issues } = parsed.error;
  return { problems: issues.map(({ path, message }) => ({ path: jsonPath(path), message })), issues };
}

/** The error map of every schema; a schema with an explicit message keeps that message. */
export function validationMessage(issue: z.core.$ZodRawIssue): string {
  if (issue.input === undefined && (issue.code === 'invalid_type' || issue.code === 'invalid_value')) {
    return 'is required';
  }
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${KINDS[issue.expected] ?? `a ${issue.expected}`}`;
    case 'invalid_value':
      return oneOf(issue.values.map(String));
    case 'too_small':
      return sizeMessage('at least', issue.origin, issue.minimum, issue.inclusive === false);
    case 'too_big':
      return sizeMessage('at most', issue.origin, issue.maximum, issue.inclusive === false);
    case 'invalid_format':
      return FORMATS[issue.format] ?? 'has an invalid format';
    case 'unrecognized_keys':
      return `has unknown members: ${issue.keys.join(', ')}`;
    case 'not_multiple_of':
      return `must be a multiple of ${issue.divisor}`;
    case 'invalid_union':
      return Array.isArray(issue.options) ? oneOf(issue.options.map(String)) : 'is not valid';
    case 'invalid_key':
      return 'has a name that is not accepted';
    default:
      return 'is not valid';
  }
}

/** The message of an enumeration: only what is accepted. */
export const oneOf = (values: readonly string[]): string =>
  values.length === 1 ? `must be ${values[0]}` : `must be one of ${values.join(', ')}`;

/** Problems as one text: `a: is required; b: must be a number`. */
export const problemText = (problems: readonly FieldProblem[]): string =>
  problems.map(({ path, message }) => (path ? `${path}: ${message}` : message)).join('; ');

const KINDS: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  nan: 'a number',
  int: 'an integer',
  boolean: 'true or false',
  object: 'an object',
  record: 'an object',
  array: 'a list',
  tuple: 'a list',
  never: 'absent',
  undefined: 'absent',
  null: 'null',
};

const FORMATS: Readonly<Record<string, string>> = {
  guid: 'must be a GUID',
  uuid: 'must be a GUID',
  url: 'must be a URL',
  email: 'must be an email address',
  datetime: 'must be an ISO 8601 date and time',
  date: 'must be an ISO 8601 date',
  duration: 'must be an ISO 8601 duration',
};

/** What a size counts, in the singular. */
const UNITS: Readonly<Record<string, string>> = {
  string: 'character',
  array: 'entry',
  set: 'entry',
  map: 'entry',
  object: 'member',
};

function sizeMessage(bound: string, origin: string, size: number | bigint, isExclusive: boolean): string {
  const unit = UNITS[origin];
  if (unit === undefined) {
    if (!isExclusive) return `must be ${bound} ${size}`;
    return `must be ${bound === 'at least' ? 'more' : 'less'} than ${size}`;
  }
  if (bound === 'at least' && size === 1) return 'must not be empty';
  const plural = unit === 'entry' ? 'entries' : `${unit}s`;
  return `must have ${bound} ${size} ${Number(size) === 1 ? unit : plural}`;
}

/** Characters that are not text: NUL, and the noncharacters that XML and some JSON readers reject. */
const NO_TEXT = /[\0\uFFFE\uFFFF]/;

/** Whether storage, queues and the gateway can carry this text: whole characters only, and none that is not text. */
export const isCarriable = (text: string): boolean => text.isWellFormed() && !NO_TEXT.test(text);

/** The message about a text that {@link isCarriable} rejects. */
export const UNCARRIABLE = 'must not contain NUL, U+FFFE, U+FFFF or half of a surrogate pair';

/** Every text in a JSON value, member names included, that cannot be carried. The value has bounded depth. */
export function uncarriableTexts(value: unknown, path: readonly PropertyKey[] = []): FieldProblem[] {
  if (typeof value === 'string') {
    return isCarriable(value) ? [] : [{ path: jsonPath(path), message: UNCARRIABLE }];
  }
  if (Array.isArray(value)) return value.flatMap((entry, n) => uncarriableTexts(entry, [...path, n]));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, member]) => {
    if (!isCarriable(name)) return [{ path: jsonPath(path), message: `has a name that ${UNCARRIABLE}` }];
    return uncarriableTexts(member, [...path, name]);
  });
}
