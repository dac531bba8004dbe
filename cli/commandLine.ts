/**
 * How the commands of the local stack read their options and end: a wrong option is one sentence and exit code 2,
 * a refusal one sentence and its own exit code, anything else is an error of ours and keeps its stack trace.
 */
import { resolve } from 'node:path';
import { type ParseArgsConfig, parseArgs } from 'node:util';
import { BadOption, Refused } from './refused.ts';

/** Runs a command and turns what it refuses into a sentence and an exit code. */
export async function runCommand(command: () => Promise<void>): Promise<void> {
  try {
    await command();
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    console.error(error.message);
    process.exit(error.exitCode);
  }
}

/** The options of this process; throws BadOption, naming the one that is wrong. */
export function readOptions<const Options extends NonNullable<ParseArgsConfig['options']>>(options: Options) {
  try {
    return parseArgs({ options, strict: true, allowPositionals: false }).values;
  } catch (error) {
    // Node goes on to explain how to pass it anyway.
    const [sentence] = String((error as Error).message).split(/(?<=[.'])\s+(?=To )/);
    throw new BadOption(String(sentence).replace(/\.?$/, '.'));
  }
}

/** A path as the caller means it: npm runs a script in the folder of the package, and he names files from where he is. */
export const fromCaller = (path: string): string => resolve(process.env.INIT_CWD ?? '.', path);

/** A port number, 0 for a free one; throws BadOption with the name of where the text came from. */
export function readPort(name: string, text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new BadOption(`${name} must be a port number from 0 to 65535, not '${text}'.`);
}

/** A GUID in lower case, or undefined where the option is left out; throws BadOption with its name. */
export function readGuid(name: string, text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)) return text.toLowerCase();
  throw new BadOption(`${name} must be a GUID, not '${text}'.`);
}
