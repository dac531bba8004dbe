/**
 * `npm run parked -- list|show|replay …`: shows the messages that nobody could work on, and sends them back.
 * Ends with 0 when everything was done, 1 when something was not, 2 when it was asked wrongly. Interrupted,
 * it ends after the message at hand, and the same command goes on where it was.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { ServiceBusClient } from '@azure/service-bus';
import { runCommand } from '../commandLine.ts';
import { Refused } from '../refused.ts';
import { statusLine } from '../statusLine.ts';
import { type Command, readCommand } from './commandLine.ts';
import { connect } from './connect.ts';
import { isMeant } from './filter.ts';
import { lookInto } from './look.ts';
import type { ParkedMessage } from './message.ts';
import { placesOf, queueNames } from './place.ts';
import { detailsOf, tableOf } from './print.ts';
import { replay } from './replay.ts';

const GOODBYE_MS = 2_000;

await runCommand(async () => {
  const command = readCommand(process.argv.slice(2));
  const queues = await queueNames();
  const client = await connect(command.connection);
  try {
    const all = await lookInto(client, placesOf(queues));
    const meant = all.filter((message) => isMeant(message, command.filter, Date.now()));
    if (command.name === 'list') list(meant, all.length);
    else if (command.name === 'show') show(meant, command);
    else if (command.dryRun) list(meant, all.length, 'would be replayed');
    else await replayAll(client, meant, { queues, rate: command.rate });
  } catch (error) {
    throw error instanceof Refused ? error : new Refused(`Service Bus: ${sentenceOf(error)}`);
  } finally {
    // Of one that does not answer nobody takes leave for long.
    await Promise.race([client.close(), pause(GOODBYE_MS, undefined, { ref: false })]);
  }
});

function sentenceOf(error: unknown): string {
  return (error as Error).message || 'the namespace does not answer.';
}

function list(meant: readonly ParkedMessage[], total: number, what = 'listed'): void {
  if (meant.length > 0) console.log(`${tableOf(meant, Date.now())}\n`);
  console.log(`${meant.length} of ${total} messages ${what}.`);
}

function show(meant: readonly ParkedMessage[], { filter }: Command): void {
  if (meant.length === 0) throw new Refused(`There is no parked or dead message ${filter.ids[0]}.`);
  console.log(meant.map(detailsOf).join('\n\n'));
}

async function replayAll(
  client: ServiceBusClient,
  meant: readonly ParkedMessage[],
  { queues, rate }: { queues: readonly string[]; rate?: number | undefined },
): Promise<void> {
  const interrupt = new AbortController();
  process.once('SIGINT', () => interrupt.abort());
  const status = statusLine(process.stderr);
  const { replayed, failed } = await replay(client, meant, {
    queues,
    rate,
    signal: interrupt.signal,
    onProgress: (report) =>
      status.show(`${report.replayed} of ${meant.length} replayed, ${report.failed} failed`),
    onFailure: ({ id }, why) => status.say(`${id} was not replayed: ${why}.`),
  }).finally(status.end);
  const left = meant.length - replayed - failed;
  const more = interrupt.signal.aborted ? ' Interrupted; the same command goes on.' : '';
  console.log(
    `${replayed} of ${meant.length} messages replayed, ${failed} failed, ${left} not taken.${more}`,
  );
  if (replayed < meant.length) process.exitCode = 1;
}
