/**
 * `npm run bulk -- submit|status|cancel|retry …`: orders what stands in a file, and follows it. Ends with 0 when
 * every item succeeded, 1 when some did not, 2 when something is wrong with the request, 3 when the service
 * cannot be reached, 130 when it is interrupted. Whatever it ends with, the same command goes on.
 */
import { fromCaller, runCommand } from '../commandLine.ts';
import { statusLine } from '../statusLine.ts';
import { type BulkOrder, bulkService } from './client.ts';
import { type Command, readCommand } from './commandLine.ts';
import { connect } from './connect.ts';
import { follow } from './follow.ts';
import { readOrderFile } from './orderFile.ts';
import { partsOf, sortedOut } from './plan.ts';
import { detailsOf, leftOutText, outcomeText, progressText } from './print.ts';
import { BadFile } from './refusals.ts';
import { writeResult } from './result.ts';
import { submitParts } from './submit.ts';

const MOST_TOLD = 20;

const status = statusLine(process.stderr);
process.once('SIGINT', () => {
  status.say('Interrupted. What the service has taken goes on there; the same command goes on here.');
  process.exit(130);
});

const serviceAt = async (connection: Command['connection']) =>
  bulkService(await connect(connection), { onTrouble: status.say });

await runCommand(async () => {
  const command = readCommand(process.argv.slice(2));
  try {
    if (command.name === 'submit') await submit(command);
    else if (command.name === 'retry') await retry(command);
    else await look(command);
  } finally {
    status.end();
  }
});

/** The service is asked for after the file has been read: what is wrong with that is told without one. */
async function submit({
  connection,
  file: name,
  wanted,
  result,
}: Command & { name: 'submit' }): Promise<void> {
  const file = await readOrderFile(fromCaller(name));
  if (file.items.length === 0) throw new BadFile(`${name} has no items.`);
  const { good, leftOut } = sortedOut(file.items);
  const problems = leftOut.flatMap((item) => item.problems);
  const told = [...problems.slice(0, MOST_TOLD), ...(problems.length > MOST_TOLD ? ['and more'] : [])];
  const isTolerant = wanted.acceptValid ?? file.head.acceptValid === true;
  if (problems.length > 0 && !isTolerant) {
    throw new BadFile([`${name} cannot be ordered from, and nothing was ordered.`, ...told].join('\n  '));
  }
  for (const problem of told) status.say(`Left out: ${problem}`);
  const parts = partsOf(file.head, good, wanted);
  const service = await serviceAt(connection);
  const orders = await submitParts(service, parts, status);
  const results = parts.map(async ({ items }, n) => {
    const id = orders[n]?.id;
    return id === undefined ? { items } : { id, lines: await service.lines(id), items };
  });
  await writeResult(fromCaller(result), [...(await Promise.all(results)), { leftOut }]);
  tell(orders, file.items.length);
  if (leftOut.length > 0) console.log(leftOutText(leftOut.length));
  console.log(`What became of each item is in ${result}.`);
}

async function retry({ connection, id, states, result }: Command & { name: 'retry' }): Promise<void> {
  const service = await serviceAt(connection);
  const begun = await service.retry(id, states);
  const ended = await follow(service, begun, (order) => status.show(progressText(order)));
  if (result !== undefined) await writeResult(fromCaller(result), [{ id, lines: await service.lines(id) }]);
  tell([ended], ended.counts.total);
}

async function look({ connection, name, id }: Command & { name: 'status' | 'cancel' }): Promise<void> {
  const service = await serviceAt(connection);
  if (name === 'cancel') return console.log(outcomeText(await service.cancel(id)));
  const order = await service.get(id);
  const failed = order.counts.failed > 0 ? await service.failed(id, MOST_TOLD) : [];
  console.log(detailsOf(order, failed));
}

function tell(orders: readonly BulkOrder[], items: number): void {
  status.end();
  for (const order of orders) console.log(outcomeText(order));
  const succeeded = orders.reduce((sum, { counts }) => sum + counts.succeeded, 0);
  process.exitCode = succeeded === items ? 0 : 1;
}
