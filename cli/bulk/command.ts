/** The commands of `cartwright bulk`, their options and their help; what is typed becomes a `BulkRequest`. */

import { ITEM_STATES, type ItemState } from '../../shared/bulk/readItems.ts';
import { CliCommand } from '../command.ts';
import { fromCaller, readGuid } from '../commandLine.ts';
import { BadOption } from '../refused.ts';
import { type Connection, connectionOf, withConnection } from '../service/connection.ts';
import type { Wanted } from './plan.ts';

export type BulkRequest = { connection: Connection; json: boolean } & (
  | SubmitRequest
  | { name: 'status' | 'cancel'; id: string }
  | { name: 'follow'; id: string; result?: string | undefined }
  | { name: 'retry'; id: string; states: ('failed' | 'cancelled')[]; result?: string | undefined }
  | { name: 'items'; id: string; state?: ItemState | undefined }
  | { name: 'list'; most: number }
);

export interface SubmitRequest {
  name: 'submit';
  /** As it was typed; so are the other paths. */
  file: string;
  wanted: Wanted;
  result: string;
  /** Where rejected items are written. */
  rejected?: string | undefined;
  /** Orders references with other content than an earlier run has ordered. */
  isChangeAllowed: boolean;
}

export type RunBulk = (request: BulkRequest) => Promise<void>;

const MAX_LABEL = 128;
const MAX_LIST = 1_000;

/** `cartwright bulk`, which passes what is typed to `run`. */
export function bulkCommand(run: RunBulk): CliCommand {
  const group = new CliCommand('bulk', 'Order from a file, and follow, cancel and retry bulk orders.')
    .examples({
      'bulk submit orders.csv': 'order what is in a file, and wait for the outcome',
      'bulk retry 5d8a4b0e-6c1f-4f7b-9a56-0c3f2f1d7e11': 'retry the failed items of a bulk order',
    })
    .exitCodes();
  const commands = [
    submitCommand(run),
    idCommand('status', 'Show a bulk order, and why items failed.', run),
    followCommand(run),
    itemsCommand(run),
    idCommand('cancel', 'Cancel the items that have not started; running items end.', run),
    retryCommand(run),
    listCommand(run),
  ];
  for (const command of commands) group.addCommand(command);
  return group;
}

interface SubmitOptions extends Connection {
  reference?: string;
  stopOnFirstError?: true;
  acceptValid?: true;
  again?: string;
  changed?: true;
  result?: string;
  rejected?: string;
  json?: true;
}

function submitCommand(run: RunBulk): CliCommand {
  const command = new CliCommand('submit', SUBMIT_DESCRIPTION)
    .argument('<FILE>', 'order file: .csv, .tsv, .txt, .ndjson, .jsonl or .json')
    .option('--reference <TEXT>', 'your name for the bulk order')
    .option('--accept-valid', 'order the valid items when others are invalid')
    .option('--rejected <FILE>', 'write the invalid items to a file, ready to be corrected and submitted')
    .option('--stop-on-first-error', 'start no further item after one has failed')
    .option('--again <LABEL>', 'order items again that were ordered before, once for each label')
    .option('--changed', 'order references again whose content has changed since they were ordered')
    .option('--result <FILE>', 'result file (default: FILE.result.csv)');
  return finished(command, {
    'bulk submit orders.csv': 'order from a file; items that were ordered before are skipped',
    'bulk submit orders.csv --accept-valid --rejected rejected.csv': 'order the valid items, keep the others',
    'bulk submit orders.csv --again May': 'order everything in the file once more',
    'bulk submit orders.csv --url https://carts.example --token-file token.txt':
      'order from a deployed service',
  }).action((file: string, options: SubmitOptions) => run(submitRequest(file, options)));
}

const SUBMIT_DESCRIPTION = [
  'Order what is in a file, follow it, and write the outcome of each item to a result file.',
  'A CSV file has a heading line with reference, customerId, and either cartId or catalogItemId, quantity, billingCycle and other members of a line item. Adjacent rows with one reference are one cart.',
  'Run the same command again at any time: it continues where it stopped. An item that was ordered before, with the same customer, reference and content, is skipped, also when the rest of the file has changed.',
].join('\n\n');

function submitRequest(file: string, options: SubmitOptions): BulkRequest & { name: 'submit' } {
  const { reference, again, result = `${file}.result.csv`, rejected } = options;
  if (again !== undefined && (again.trim() === '' || again.length > MAX_LABEL)) {
    throw new BadOption(`--again must be a label of 1 to ${MAX_LABEL} characters.`);
  }
  if (reference !== undefined && reference.trim().length > MAX_LABEL) {
    throw new BadOption(`--reference must have at most ${MAX_LABEL} characters.`);
  }
  const files = {
    FILE: file,
    '--result': result,
    ...(rejected === undefined ? {} : { '--rejected': rejected }),
  };
  const names = Object.keys(files) as (keyof typeof files)[];
  const paths = names.map((name) => fromCaller(String(files[name])));
  const same = paths.findIndex((path, n) => paths.indexOf(path) !== n);
  if (same > 0)
    throw new BadOption(
      `${names[same]} must be another file than ${names[paths.indexOf(paths[same] ?? '')]}.`,
    );
  return {
    name: 'submit',
    file,
    wanted: {
      reference,
      errorPolicy: options.stopOnFirstError && 'stopOnFirstError',
      acceptValid: options.acceptValid,
      again,
    },
    result,
    rejected,
    isChangeAllowed: options.changed === true || again !== undefined,
    json: options.json === true,
    connection: connectionOf(options),
  };
}

type Options = Connection & { json?: true; result?: string };

function idCommand(name: 'status' | 'cancel', description: string, run: RunBulk): CliCommand {
  const example = {
    [`bulk ${name} 5d8a4b0e-6c1f-4f7b-9a56-0c3f2f1d7e11`]: description.toLowerCase().replace('.', ''),
  };
  return finished(withId(new CliCommand(name, description)), example).action((id: string, options: Options) =>
    run({ name, ...common(id, options) }),
  );
}

function followCommand(run: RunBulk): CliCommand {
  const command = withId(new CliCommand('follow', 'Wait until a bulk order has ended.'));
  return finished(command.option('--result <FILE>', RESULT_OPTION), {
    'bulk follow 5d8a4b0e-6c1f-4f7b-9a56-0c3f2f1d7e11 --result orders.csv.result.csv':
      'wait, and update the result file of the order file',
  }).action((id: string, options: Options) =>
    run({ name: 'follow', result: options.result, ...common(id, options) }),
  );
}

function retryCommand(run: RunBulk): CliCommand {
  const command = withId(
    new CliCommand('retry', 'Retry the failed items of a bulk order, and wait. No order is repeated.'),
  ).option('--cancelled', 'retry the cancelled items as well');
  return finished(command.option('--result <FILE>', RESULT_OPTION), {
    'bulk retry 5d8a4b0e-6c1f-4f7b-9a56-0c3f2f1d7e11': 'retry the failed items',
    'bulk retry 5d8a4b0e-6c1f-4f7b-9a56-0c3f2f1d7e11 --cancelled --result orders.csv.result.csv':
      'retry failed and cancelled items, and update the result file',
  }).action((id: string, options: Options & { cancelled?: true }) =>
    run({
      name: 'retry',
      states: options.cancelled ? ['failed', 'cancelled'] : ['failed'],
      result: options.result,
      ...common(id, options),
    }),
  );
}

const RESULT_OPTION = 'result file: updated if it exists, else written anew';

function itemsCommand(run: RunBulk): CliCommand {
  const command = withId(
    new CliCommand('items', 'List the items of a bulk order with their orders and errors.'),
  );
  return finished(command.option('--state <STATE>', `only items in this state: ${ITEM_STATES.join(', ')}`), {
    'bulk items 5d8a4b0e-6c1f-4f7b-9a56-0c3f2f1d7e11 --state failed': 'list the failed items',
  }).action((id: string, options: Options & { state?: string }) => {
    const { state } = options;
    if (state !== undefined && !ITEM_STATES.includes(state as ItemState)) {
      throw new BadOption(`--state must be one of ${ITEM_STATES.join(', ')}, not '${state}'.`);
    }
    return run({ name: 'items', state: state as ItemState | undefined, ...common(id, options) });
  });
}

function listCommand(run: RunBulk): CliCommand {
  const command = new CliCommand('list', 'List the latest bulk orders.').option(
    '--most <NUMBER>',
    `how many to list, up to ${MAX_LIST} (default: 20)`,
  );
  return finished(command, { 'bulk list --most 5': 'list the five latest bulk orders' }).action(
    (options: Options & { most?: string }) => {
      const most = Number(options.most ?? 20);
      if (!Number.isInteger(most) || most < 1 || most > MAX_LIST) {
        throw new BadOption(`--most must be a whole number from 1 to ${MAX_LIST}, not '${options.most}'.`);
      }
      return run({ name: 'list', most, json: options.json === true, connection: connectionOf(options) });
    },
  );
}

const withId = (command: CliCommand): CliCommand => command.argument('<ID>', 'id of the bulk order');

const common = (id: string, options: Options) => ({
  id: readGuid('ID', id) ?? '',
  json: options.json === true,
  connection: connectionOf(options),
});

/** The options and the help that all commands have in common. */
function finished(command: CliCommand, examples: Record<string, string>): CliCommand {
  return withConnection(command)
    .option('--json', 'print one JSON document to standard output, for scripts')
    .examples(examples)
    .exitCodes();
}
