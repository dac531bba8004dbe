/** What `npm run parked -- …` is told to do, read whole before anything is done; a wrong word is one sentence. */
import { parseArgs } from 'node:util';
import { parseDuration } from '../../shared/duration.ts';
import { readGuid } from '../commandLine.ts';
import { BadOption } from '../refused.ts';
import type { Filter } from './filter.ts';

export interface Command {
  name: 'list' | 'show' | 'replay';
  filter: Filter;
  dryRun: boolean;
  /** Messages a second. */
  rate?: number | undefined;
  connection: {
    namespace?: string | undefined;
    connectionString?: string | undefined;
    data?: string | undefined;
  };
}

export const USAGE = `Usage: npm run parked -- list [FILTER]
       npm run parked -- show ID
       npm run parked -- replay [ID …] [FILTER] [--dry-run] [--rate N]
FILTER: --source QUEUE, --reason WORD, --older-than DURATION (ISO 8601), --cart GUID, --tenant GUID
Of the running local stack, or with --namespace NAME or --connection-string TEXT (or the environment's
ServiceBusConnection) of another namespace.`;

const OPTIONS = {
  source: { type: 'string' },
  reason: { type: 'string' },
  'older-than': { type: 'string' },
  cart: { type: 'string' },
  tenant: { type: 'string' },
  'dry-run': { type: 'boolean', default: false },
  rate: { type: 'string' },
  namespace: { type: 'string' },
  'connection-string': { type: 'string' },
  data: { type: 'string' },
} as const;

/** Reads the arguments; throws BadOption with a sentence and the usage. */
export function readCommand(args: string[]): Command {
  try {
    const { values, positionals } = parseArgs({ args, options: OPTIONS, allowPositionals: true });
    const [name, ...ids] = positionals;
    if (name !== 'list' && name !== 'show' && name !== 'replay') {
      throw new BadOption(name === undefined ? 'Say what to do.' : `There is no '${name}'.`);
    }
    if ((name === 'show') !== (ids.length === 1) && name !== 'replay') {
      throw new BadOption(name === 'show' ? 'show takes one message id.' : 'list takes no message id.');
    }
    return {
      name,
      filter: {
        ids,
        source: values.source,
        reason: values.reason,
        olderThanMs: readAge(values['older-than']),
        cart: readGuid('--cart', values.cart),
        tenant: readGuid('--tenant', values.tenant),
      },
      dryRun: values['dry-run'],
      rate: readRate(values.rate),
      connection: {
        namespace: values.namespace,
        connectionString: values['connection-string'],
        data: values.data,
      },
    };
  } catch (error) {
    throw new BadOption(`${(error as Error).message}\n\n${USAGE}`);
  }
}

function readAge(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const ms = parseDuration(text);
  if (ms === undefined) {
    throw new BadOption(`--older-than must be an ISO 8601 duration such as PT2H, not '${text}'.`);
  }
  return ms;
}

function readRate(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const rate = Number(text);
  if (rate > 0 && rate <= 1_000) return rate;
  throw new BadOption(`--rate must be a number of messages a second, above 0 and up to 1000, not '${text}'.`);
}
