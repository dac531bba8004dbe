/**
 * Runs what `cartwright parked` was asked to do, and gives the exit code. An interrupted replay ends after the current
 * message; the same command continues with the others.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ServiceBusClient } from '@azure/service-bus';
import { EXIT_CODES } from '../exitCodes.ts';
import { Refused } from '../refused.ts';
import { type StatusLine, statusLine } from '../statusLine.ts';
import type { Output } from '../terminal.ts';
import type { ParkedRequest } from './command.ts';
import { busError, connect } from './connect.ts';
import { isMeant } from './filter.ts';
import type { ParkedMessage } from './message.ts';
import { peekAll } from './peek.ts';
import { placesOf, queueNames } from './place.ts';
import { detailsOf, jsonOf, tableOf } from './print.ts';
import { replay } from './replay.ts';

/** A namespace that does not answer must not delay the end of the command. */
const CLOSE_MS = 2_000;

export async function runParked(request: ParkedRequest, out: Output): Promise<number> {
  const queues = await queueNames();
  const client = await connect(request.connection);
  try {
    const all = await peekAll(client, placesOf(queues));
    const meant = all.filter((message) => isMeant(message, request.filter, Date.now()));
    if (request.name === 'show') return show(meant, request, out);
    if (request.name === 'list') return list(meant, { total: all.length, request, out, what: 'listed' });
    const status = statusLine(process.stderr);
    const absent = request.filter.ids.filter((id) => !all.some((message) => message.id === id));
    for (const id of absent) status.say(absentText(id));
    if (request.isDryRun) {
      list(meant, { total: all.length, request, out, what: 'would be replayed' });
      return absent.length > 0 ? EXIT_CODES.incomplete.code : EXIT_CODES.done.code;
    }
    return await replayAll(client, meant, { queues, request, out, status, absent: absent.length });
  } catch (error) {
    throw busError(error);
  } finally {
    await Promise.race([client.close(), sleep(CLOSE_MS, undefined, { ref: false })]);
  }
}

const absentText = (id: string): string => `There is no parked or dead-lettered message ${id}.`;

function list(
  meant: readonly ParkedMessage[],
  { total, request, out, what }: { total: number; request: ParkedRequest; out: Output; what: string },
): number {
  if (request.json) out.line(JSON.stringify(meant.map(jsonOf)));
  else {
    if (meant.length > 0) out.line(`${tableOf(meant, Date.now())}\n`);
    out.line(`${meant.length} of ${total} messages ${what}.`);
  }
  return EXIT_CODES.done.code;
}

function show(meant: readonly ParkedMessage[], { filter, json }: ParkedRequest, out: Output): number {
  if (meant.length === 0) throw new Refused(absentText(filter.ids[0] ?? ''));
  out.line(json ? JSON.stringify(meant.map(jsonOf)) : meant.map(detailsOf).join('\n\n'));
  return EXIT_CODES.done.code;
}

/** Replays the messages. Of those that were named, `absent` do not exist; they count as not taken. */
async function replayAll(
  client: ServiceBusClient,
  meant: readonly ParkedMessage[],
  {
    queues,
    request,
    out,
    status,
    absent,
  }: { queues: readonly string[]; request: ParkedRequest; out: Output; status: StatusLine; absent: number },
): Promise<number> {
  const interrupt = new AbortController();
  for (const [signal, exit] of [
    ['SIGINT', EXIT_CODES.interrupted],
    ['SIGTERM', EXIT_CODES.terminated],
  ] as const) {
    process.once(signal, () => interrupt.abort(exit.code));
  }
  const messages = meant.length + absent;
  const failures: { id: string; reason: string }[] = [];
  const { replayed, failed } = await replay(client, meant, {
    queues,
    rate: request.rate,
    signal: interrupt.signal,
    onProgress: (report) =>
      status.show(`${report.replayed} of ${messages} replayed, ${report.failed} failed`),
    onFailure: ({ id }, reason) => {
      failures.push({ id, reason });
      status.say(`${id} was not replayed: ${reason}.`);
    },
  }).finally(status.end);
  const left = messages - replayed - failed;
  const isInterrupted = interrupt.signal.aborted;
  const more = isInterrupted ? ' Interrupted: the same command continues.' : '';
  out.line(
    request.json
      ? JSON.stringify({ messages, replayed, failures, left, isInterrupted })
      : `${replayed} of ${messages} messages replayed, ${failed} failed, ${left} not taken.${more}`,
  );
  if (replayed === messages) return EXIT_CODES.done.code;
  return isInterrupted ? interrupt.signal.reason : EXIT_CODES.incomplete.code;
}
