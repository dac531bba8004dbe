/** The commands of `cartwright parked`, their options and their help; what is typed becomes a `ParkedRequest`. */
import { parseDuration } from '../../shared/duration.ts';
import { CliCommand } from '../command.ts';
import { readGuid } from '../commandLine.ts';
import { BadOption } from '../refused.ts';
import type { Filter } from './filter.ts';
import { type NamespaceOptions, withNamespace } from './namespace.ts';

export interface ParkedRequest {
  name: 'list' | 'show' | 'replay';
  filter: Filter;
  isDryRun: boolean;
  /** Messages a second; as fast as possible if absent. */
  rate?: number | undefined;
  json: boolean;
  connection: NamespaceOptions;
}

export type RunParked = (request: ParkedRequest) => Promise<void>;

interface Options extends NamespaceOptions {
  source?: string;
  reason?: string;
  olderThan?: string;
  cart?: string;
  tenant?: string;
  dryRun?: true;
  rate?: string;
  json?: true;
}

const MAX_RATE = 1_000;

/** `cartwright parked`, which passes what is typed to `run`. */
export function parkedCommand(run: RunParked): CliCommand {
  const examples = {
    'parked list --reason AttemptsExhausted': 'list the messages of checkouts whose attempts are exhausted',
    'parked replay --older-than PT2H --dry-run': 'list what a replay would send',
    'parked replay --reason AttemptsExhausted --rate 5': 'replay them, five a second',
  };
  const list = withFilters(new CliCommand('list', 'List parked and dead-lettered messages.'));
  const show = new CliCommand('show', 'Show a message with all its properties and its body.');
  const replay = withFilters(
    new CliCommand('replay', 'Send messages back to the queues they came from. Replaying twice is safe.'),
  );
  show.argument('<ID>', 'message id');
  replay
    .argument('[ID...]', 'message ids')
    .option('--dry-run', 'list what would be replayed')
    .option('--rate <NUMBER>', 'messages a second (default: as fast as possible)');
  list.action((options: Options) => run(requestOf('list', [], options)));
  show.action((id: string, options: Options) => run(requestOf('show', [id], options)));
  replay.action((ids: string[], options: Options) => run(requestOf('replay', ids, options)));
  const group = new CliCommand('parked', 'List, show and replay parked and dead-lettered messages.')
    .examples(examples)
    .exitCodes();
  for (const command of [list, show, replay]) {
    group.addCommand(
      withNamespace(command)
        .option('--json', 'print one JSON document to standard output, for scripts')
        .examples(command === show ? { 'parked show b4c8fdea.exhausted': 'show one message' } : examples)
        .exitCodes(),
    );
  }
  return group;
}

const withFilters = (command: CliCommand): CliCommand =>
  command
    .option('--source <QUEUE>', 'only messages that came from this queue')
    .option('--reason <REASON>', 'only messages with this reason, in any case')
    .option('--older-than <DURATION>', 'only messages that are older, as an ISO 8601 duration such as PT2H')
    .option('--cart <GUID>', 'only messages about this cart')
    .option('--tenant <GUID>', 'only messages of this partner tenant');

function requestOf(name: ParkedRequest['name'], ids: string[], options: Options): ParkedRequest {
  const { source, reason, namespace, connectionString, data } = options;
  return {
    name,
    filter: {
      ids,
      source,
      reason,
      olderThanMs: readAge(options.olderThan),
      cart: readGuid('--cart', options.cart),
      tenant: readGuid('--tenant', options.tenant),
    },
    isDryRun: options.dryRun === true,
    rate: readRate(options.rate),
    json: options.json === true,
    connection: { namespace, connectionString, data },
  };
}

function readAge(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const ms = parseDuration(text);
  if (ms !== undefined) return ms;
  throw new BadOption(`--older-than must be an ISO 8601 duration such as PT2H, not '${text}'.`);
}

function readRate(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const rate = Number(text);
  if (rate > 0 && rate <= MAX_RATE) return rate;
  throw new BadOption(`--rate must be a number above 0 and up to ${MAX_RATE}, not '${text}'.`);
}
