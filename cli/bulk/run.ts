/** Runs what `cartwright bulk` was asked to do, and gives the exit code. */
import { EXIT_CODES } from '../exitCodes.ts';
import { Unwritten } from '../refused.ts';
import { statusLine } from '../statusLine.ts';
import { tableText } from '../table.ts';
import { type outputTo, painter, showsColors } from '../terminal.ts';
import type { BulkOrder, BulkService } from './client.ts';
import type { BulkRequest } from './command.ts';
import { PLAIN_CSV } from './csv.ts';
import { follow } from './follow.ts';
import {
  detailsOf,
  ITEM_HEADINGS,
  isComplete,
  itemCells,
  itemsText,
  ORDER_HEADINGS,
  orderCells,
  outcomeText,
  progressText,
} from './print.ts';
import { itemRow, resultText, updated } from './result.ts';
import { keptFile, readOwnResult } from './resultFile.ts';
import { retryText, type Session, sessionOf, withHint } from './session.ts';

const MAX_FAILED = 20;

type Named<Name extends BulkRequest['name']> = BulkRequest & { name: Name };

/** Runs a request. SIGINT, SIGTERM and SIGHUP end the process at once, with what continues on the service. */
export async function runBulk(request: BulkRequest, out: ReturnType<typeof outputTo>): Promise<number> {
  const status = statusLine(process.stderr);
  const session = sessionOf({ out, paint: painter(showsColors(process.stdout)), status }, request);
  for (const [signal, exit, word] of [
    ['SIGINT', EXIT_CODES.interrupted, 'Interrupted'],
    ['SIGTERM', EXIT_CODES.terminated, 'Terminated'],
    // The terminal was closed.
    ['SIGHUP', EXIT_CODES.terminated, 'Terminated'],
  ] as const) {
    process.once(signal, () => {
      interrupt(session);
      status.say(`${word}. ${session.hint() ?? 'The same command continues where it stopped.'}`);
      process.exit(exit.code);
    });
  }
  try {
    if (request.name !== 'submit') return await runOne(session, request);
    // The rules that validate an order file are half of what `submit` loads; the other commands need none of them.
    const { submit } = await import('./submit.ts');
    return await submit(session, request);
  } finally {
    status.end();
  }
}

function interrupt({ interrupt: act, status }: Session): void {
  try {
    act();
  } catch (error) {
    if (!(error instanceof Unwritten)) throw error;
    status.say(error.message);
  }
}

async function runOne(session: Session, request: Exclude<BulkRequest, { name: 'submit' }>): Promise<number> {
  const service = await session.service();
  switch (request.name) {
    case 'follow':
      return followed(session, service, request, () => service.get(request.id));
    case 'retry':
      return followed(session, service, request, () => service.retry(request.id, request.states));
    case 'cancel': {
      const order = await service.cancel(request.id);
      print(session, order, () => outcomeText(order, session.paint));
      return EXIT_CODES.done.code;
    }
    case 'status':
      return show(session, service, request);
    case 'items':
      return listItems(session, service, request);
    case 'list':
      return listOrders(session, service, request);
  }
}

const print = ({ json, out }: Session, body: object, text: () => string): void =>
  out.line(json ? JSON.stringify(body) : text());

/** Begins, waits until the bulk order has ended, and updates the result file that was named. */
async function followed(
  session: Session,
  service: BulkService,
  { result }: { result?: string | undefined },
  begin: () => Promise<BulkOrder>,
): Promise<number> {
  // Before a retry begins whose outcome the file would hold.
  if (result !== undefined) await readOwnResult(result);
  const begun = await begin();
  session.accepted(begun, result);
  return withHint(session, async () => {
    const order = await follow(service, begun, (now) => session.status.show(progressText(now)));
    session.ended();
    if (result !== undefined) await updateResult(session, service, order, result);
    session.status.end();
    print(session, order, () =>
      [outcomeText(order, session.paint), retryText(order, session, result)].filter(Boolean).join('\n'),
    );
    return isComplete(order) ? EXIT_CODES.done.code : EXIT_CODES.incomplete.code;
  });
}

async function updateResult(
  { status }: Session,
  service: BulkService,
  { id }: BulkOrder,
  path: string,
): Promise<void> {
  const now = (await service.items(id)).map((item) => itemRow(item, id));
  const earlier = await readOwnResult(path);
  const format = earlier?.format ?? PLAIN_CSV;
  const copy = keptFile(path, format).write(resultText(updated(earlier?.rows ?? [], now), format));
  if (copy !== undefined) status.say(`The earlier result file is now ${copy}.`);
}

async function show(
  session: Session,
  service: BulkService,
  { id }: Named<'status' | 'cancel'>,
): Promise<number> {
  const order = await service.get(id);
  const failed =
    order.counts.failed > 0 ? await service.items(id, { state: 'failed', most: MAX_FAILED }) : [];
  print(session, { ...order, failed }, () =>
    [detailsOf(order, failed), retryText(order, session)].filter(Boolean).join('\n'),
  );
  return EXIT_CODES.done.code;
}

async function listItems(
  session: Session,
  service: BulkService,
  { id, state }: Named<'items'>,
): Promise<number> {
  const items = await service.items(id, { state });
  const rows = items.map((item) => itemCells(itemRow(item, id)));
  print(session, items, () =>
    [
      ...(rows.length > 0 ? [tableText([ITEM_HEADINGS, ...rows]), ''] : []),
      `${itemsText(items.length)}.`,
    ].join('\n'),
  );
  return EXIT_CODES.done.code;
}

async function listOrders(session: Session, service: BulkService, { most }: Named<'list'>): Promise<number> {
  const orders = await service.list(most);
  print(session, orders, () =>
    orders.length > 0 ? tableText([ORDER_HEADINGS, ...orders.map(orderCells)]) : 'No bulk orders.',
  );
  return EXIT_CODES.done.code;
}
