/** The tables of the README that are made from code: settings and errors, so that the two cannot disagree. */
import * as z from 'zod';
import { settings } from '../../shared/config.ts';
import { ERRORS } from '../../shared/errors.ts';

/** Each table by the name of its place in the README. */
export const tables: Record<string, () => string> = { settings: settingsTable, errors: errorTable };

function settingsTable(): string {
  const properties = z.toJSONSchema(settings, { io: 'input', unrepresentable: 'any' }).properties ?? {};
  const rows = Object.entries(properties).map(([name, schema]) => {
    const { description = '', default: standard } = schema as { description?: string; default?: unknown };
    const isRequired = name.startsWith('AUTH_') && standard === undefined;
    return [
      `\`${name}\``,
      standard === undefined ? (isRequired ? 'required' : '') : `\`${standard}\``,
      description,
    ];
  });
  return table(['setting', 'default', 'what it means'], rows);
}

function errorTable(): string {
  const rows = Object.values(ERRORS).map(({ status, code, when, retryable }) => [
    String(status),
    `\`${code}\``,
    when,
    retryable ? 'yes' : 'no',
  ]);
  return table(['status', 'code', 'when', 'retryable'], rows);
}

function table(head: string[], rows: string[][]): string {
  const line = (cells: string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** A README with every table renewed between its markers, `<!-- name -->` and `<!-- /name -->`. */
export function renewed(readme: string): string {
  return Object.entries(tables).reduce((text, [name, make]) => {
    const [before, rest] = text.split(`<!-- ${name} -->`);
    const [, after] = rest?.split(`<!-- /${name} -->`) ?? [];
    if (after === undefined) throw new Error(`The README has no place for the table of ${name}.`);
    return `${before}<!-- ${name} -->\n\n${make()}\n\n<!-- /${name} -->${after}`;
  }, readme);
}
