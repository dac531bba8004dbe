/**
 * What the scripts of this repository share: options without subcommands, values that are checked, and one way to
 * end. An invalid option is one sentence and exit code 2, a refusal one sentence and its exit code; anything else is
 * a bug and keeps its stack trace.
 */
import { resolve } from 'node:path';
import { type ParseArgsConfig, parseArgs } from 'node:util';
import { BadOption, Refused } from './refused.ts';

/** Runs a script and turns a refusal into a sentence and an exit code. */
export async function runCommand(command: () => Promise<void>): Promise<void> {
  try {
    await command();
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    console.error(error.message);
    process.exit(error.exitCode);
  }
}

/** The options among arguments; throws BadOption with the name of the invalid one. */
export function readOptions<const Options extends NonNullable<ParseArgsConfig['options']>>(
  args: string[],
  options: Options,
) {
  try {
    return parseArgs({ args, options, strict: true, allowPositionals: false }).values;
  } catch (error) {
    throw new BadOption(optionSentence(error as NodeJS.ErrnoException));
  }
}

/** Node's text explains how to pass the option anyway; the operator needs the name and what is wrong. */
function optionSentence({ code, message }: NodeJS.ErrnoException): string {
  const [, quoted = ''] = /'([^']*)'/.exec(message) ?? [];
  const [option = quoted] = quoted.split(/[ =]/);
  if (code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION') return `Unknown option '${option}'.`;
  if (code === 'ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL') return `Unexpected argument: ${quoted}.`;
  return message.includes('does not take')
    ? `${option} must not have a value.`
    : `${option} must have a value.`;
}

/** A path as the caller means it: npm runs a script in the package's folder, and INIT_CWD is where the caller is. */
export const fromCaller = (path: string): string => resolve(process.env.INIT_CWD ?? '.', path);

/** A folder as the caller means it, or undefined when the option is absent; throws BadOption with the option's name. */
export function readFolder(name: string, text: string | undefined): string | undefined {
  if (text?.trim() === '') throw new BadOption(`${name} must be the path of a folder, not '${text}'.`);
  return text === undefined ? undefined : fromCaller(text);
}

/** An argument as a POSIX shell reads it back. */
export const quoted = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;

/** A port number, 0 for a free one; throws BadOption with the name of the option or variable. */
export function readPort(name: string, text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new BadOption(`${name} must be a port number from 0 to 65535, not '${text}'.`);
}

/** A GUID in lower case, or undefined when the option is absent; throws BadOption with the option's name. */
export function readGuid(name: string, text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const bare = text.replace(/^\{(.*)\}$/, '$1');
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(bare)) return bare.toLowerCase();
  throw new BadOption(`${name} must be a GUID, not '${text}'.`);
}
