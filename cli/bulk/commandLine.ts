/** What `npm run bulk -- …` is told to do, read whole before anything is done; a wrong word is one sentence. */
import { parseArgs } from 'node:util';
import { fromCaller, readGuid } from '../commandLine.ts';
import { BadOption } from '../refused.ts';
import type { Wanted } from './plan.ts';

/** Which service is meant. */
export interface Connection {
  url?: string | undefined;
  token?: string | undefined;
  /** Data folder of a local stack. */
  data?: string | undefined;
}

export type Command = { connection: Connection } & (
  | { name: 'submit'; file: string; wanted: Wanted; result: string }
  | { name: 'status' | 'cancel'; id: string }
  | { name: 'retry'; id: string; states: ('failed' | 'cancelled')[]; result?: string | undefined }
);

const USAGE = `Usage: npm run bulk -- submit FILE [--result FILE] [--reference TEXT] [--stop-on-first-error]
                                [--accept-valid] [--again WORD]
       npm run bulk -- status ID
       npm run bulk -- cancel ID
       npm run bulk -- retry ID [--cancelled] [--result FILE]
FILE is named .csv, .ndjson or .json. The same submit again goes on where it was, and orders nothing twice;
with --again and a word of yours it is another bulk order. What became of each item is written to FILE.result.csv.
Of the running local stack, or of the service at --url URL for --token TOKEN (or the environment's CARTWRIGHT_URL
and CARTWRIGHT_TOKEN).
Ends with 0 when every item succeeded, 1 when some did not, 2 when something is wrong with the request, 3 when the
service cannot be reached.`;

const OPTIONS = {
  result: { type: 'string' },
  reference: { type: 'string' },
  'stop-on-first-error': { type: 'boolean' },
  'accept-valid': { type: 'boolean' },
  again: { type: 'string' },
  cancelled: { type: 'boolean' },
  url: { type: 'string' },
  token: { type: 'string' },
  data: { type: 'string' },
} as const;

const OWN = {
  submit: ['result', 'reference', 'stop-on-first-error', 'accept-valid', 'again'],
  status: [],
  cancel: [],
  retry: ['cancelled', 'result'],
} as const satisfies Record<Command['name'], readonly (keyof typeof OPTIONS)[]>;

/** Reads the arguments; throws BadOption with a sentence and the usage. */
export function readCommand(args: string[]): Command {
  try {
    return commandOf(args);
  } catch (error) {
    throw new BadOption(`${(error as Error).message}\n\n${USAGE}`);
  }
}

function commandOf(args: string[]): Command {
  const { values, positionals } = parseArgs({ args, options: OPTIONS, allowPositionals: true });
  const [name, what, ...more] = positionals;
  if (name === undefined || !Object.hasOwn(OWN, name)) {
    throw new BadOption(name === undefined ? 'Say what to do.' : `There is no '${name}'.`);
  }
  const verb = name as Command['name'];
  const known: readonly string[] = [...OWN[verb], 'url', 'token', 'data'];
  const foreign = Object.keys(values).find((option) => !known.includes(option));
  if (foreign !== undefined) throw new BadOption(`${verb} has no option --${foreign}.`);
  if (what === undefined || more.length > 0) {
    throw new BadOption(`${verb} takes one ${verb === 'submit' ? 'file' : 'id of a bulk order'}.`);
  }
  const { url, token, data, reference, again, result } = values;
  const connection = { url, token, data };
  if (verb === 'submit') {
    if (result !== undefined && fromCaller(result) === fromCaller(what))
      throw new BadOption('--result must be another file than the one that is submitted.');
    const errorPolicy = values['stop-on-first-error'] ? ('stopOnFirstError' as const) : undefined;
    const wanted = {
      reference,
      errorPolicy,
      acceptValid: values['accept-valid'] || undefined,
      again,
    } as Wanted;
    return { connection, name: verb, file: what, wanted, result: result ?? `${what}.result.csv` };
  }
  const id = readGuid('The id', what) ?? '';
  if (verb !== 'retry') return { connection, name: verb, id };
  return {
    connection,
    name: verb,
    id,
    states: values.cancelled ? ['failed', 'cancelled'] : ['failed'],
    result,
  };
}
