/** `cartwright events`: its options and help; what is typed becomes an `EventsRequest`. */
import { EVENT_TYPES } from '../../shared/events/cloudEvent.ts';
import { CliCommand } from '../command.ts';
import { readGuid } from '../commandLine.ts';
import { type NamespaceOptions, withNamespace } from '../parked/namespace.ts';
import { BadOption } from '../refused.ts';

export interface EventsRequest {
  /** The beginnings of the types to print; every type if empty. */
  types: string[];
  tenant?: string | undefined;
  customer?: string | undefined;
  cart?: string | undefined;
  subscription: string;
  /** Whether the events are received and completed; otherwise they are only peeked. */
  consumes: boolean;
  /** How many events to print; until the command is ended if absent. */
  count?: number | undefined;
  json: boolean;
  connection: NamespaceOptions;
}

interface Options extends NamespaceOptions {
  type?: string[];
  tenant?: string;
  customer?: string;
  cart?: string;
  subscription: string;
  consume?: true;
  count?: string;
  json?: true;
}

/** `cartwright events`, which passes what is typed to `run`. */
export function eventsCommand(run: (request: EventsRequest) => Promise<void>): CliCommand {
  const examples = {
    'events listen': 'print the events of the running local stack',
    'events listen --type cart.expired --tenant 5d8a4b0e-6c1f-4f7b-9a56-0c3f2f1d7e11':
      'print expired carts of a partner',
    'events listen --namespace NAME --subscription billing --json': 'print events as JSON, one a line',
  };
  const listen = new CliCommand('listen', 'Follow the events of the topic.')
    .option('--type <TYPE...>', `only these types, such as ${EVENT_TYPES[1]}; the version can be omitted`)
    .option('--tenant <GUID>', 'only events of this partner tenant')
    .option('--customer <GUID>', 'only events of this customer')
    .option('--cart <GUID>', 'only events of this cart')
    .option('--subscription <NAME>', 'subscription of the topic', 'all')
    .option('--consume', 'receive the events, so that no other consumer of the subscription gets them')
    .option('--count <NUMBER>', 'end after this number of events (default: never)')
    .option('--json', 'print each event as a line of JSON, for scripts');
  withNamespace(listen)
    .examples(examples)
    .exitCodes()
    .action((options: Options) => run(requestOf(options)));
  const group = new CliCommand('events', 'Follow the events of the service.').examples(examples).exitCodes();
  group.addCommand(listen);
  return group;
}

function requestOf(options: Options): EventsRequest {
  const { type = [], subscription, consume = false, count, json = false } = options;
  const { namespace, connectionString, data } = options;
  return {
    types: type,
    tenant: readGuid('--tenant', options.tenant),
    customer: readGuid('--customer', options.customer),
    cart: readGuid('--cart', options.cart),
    subscription,
    consumes: consume,
    count: readCount(count),
    json,
    connection: { namespace, connectionString, data },
  };
}

function readCount(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new BadOption(`--count must be a positive integer, not '${text}'.`);
}
