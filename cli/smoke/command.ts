/** `cartwright smoke`: its options and help; what is typed becomes a `SmokeRequest`. */
import { randomUUID } from 'node:crypto';
import { parseDuration } from '../../shared/duration.ts';
import { CliCommand } from '../command.ts';
import { readGuid } from '../commandLine.ts';
import { BadOption } from '../refused.ts';
import { type Connection, connectionOf, withConnection } from '../service/connection.ts';

export interface SmokeRequest {
  connection: Connection;
  customer: string;
  catalogItem: string;
  placesOrder: boolean;
  /** How long the order may take, in milliseconds. */
  waitMs: number;
  json: boolean;
}

interface Options extends Connection {
  customer?: string;
  catalogItem: string;
  order?: true;
  wait: string;
  json?: true;
}

const MAX_WAIT_MS = 3_600_000;

/** `cartwright smoke`, which passes what is typed to `run`. */
export function smokeCommand(run: (request: SmokeRequest) => Promise<void>): CliCommand {
  const command = new CliCommand(
    'smoke',
    'Check a deployment from outside and name the component that is broken. With a token it creates carts, which expire.',
  );
  return withConnection(command)
    .option('--customer <GUID>', 'customer of the cart (default: a random one)')
    .option('--catalog-item <ID>', 'catalogue item of its line item', 'CFQ7TTC0LFLS:0002:CFQ7TTC0KDLJ')
    .option('--order', 'check the cart out, which places an order')
    .option('--wait <DURATION>', 'how long the order may take', 'PT1M')
    .option('--json', 'print the report as JSON, for scripts')
    .examples({
      smoke: 'check the running local stack',
      'smoke --url https://carts.example': 'check a deployment without a token: nothing is changed',
      'smoke --url https://carts.example --token-command ./token.sh --order':
        'check everything, with an order',
    })
    .exitCodes()
    .action((options: Options) => run(requestOf(options))) as CliCommand;
}

function requestOf(options: Options): SmokeRequest {
  const { customer, catalogItem, order = false, wait, json = false } = options;
  const waitMs = parseDuration(wait);
  if (waitMs === undefined || waitMs > MAX_WAIT_MS) {
    throw new BadOption(
      `--wait must be an ISO 8601 duration of at most one hour such as PT1M, not '${wait}'.`,
    );
  }
  return {
    connection: connectionOf(options),
    customer: readGuid('--customer', customer) ?? randomUUID(),
    catalogItem,
    placesOrder: order,
    waitMs,
    json,
  };
}
