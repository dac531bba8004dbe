/**
 * `cartwright bulk submit`: from a file to orders and a result file. The file is read, validated and compared with earlier
 * results before anything is submitted. The result file shows what was submitted as soon as the service has
 * accepted it, and the outcomes at the end.
 */
import { isEnded } from '../../shared/bulk/bulkOrder.ts';
import { EXIT_CODES } from '../exitCodes.ts';
import { BadFile, BadOption } from '../refused.ts';
import { RejectedByService, Unreachable } from '../service/errors.ts';
import { changedItems, mayHaveBeenRetried } from './changed.ts';
import type { BulkOrder, BulkService } from './client.ts';
import type { SubmitRequest } from './command.ts';
import { partRows, rejectedRows, submittedRows, unsubmittedRows } from './fileRows.ts';
import { kindOf, type OrderFile, readOrderFile } from './orderFile.ts';
import { submitParts } from './parts.ts';
import { type GoodItem, type Part, partsOf, type RejectedItem, sortedOut } from './plan.ts';
import { isComplete, outcomeText, rejectedText, skippedText, unsubmittedText } from './print.ts';
import { itemRow, type ResultRow, resultText, updated } from './result.ts';
import { checkWritable, type KeptFile, keptFile, readEarlier } from './resultFile.ts';
import { againText, retryText, type Session, withHint } from './session.ts';

/** How many problems, or changed items, are printed. */
const MAX_PRINTED = 20;

/** Orders what is in a file; the exit code. Throws Refused when nothing was ordered, or the outcome is not known. */
export async function submit(session: Session, request: SubmitRequest): Promise<number> {
  const file = await readOrderFile(request.file);
  if (file.items.length === 0) throw new BadFile(`${request.file} must have at least one item.`);
  const { good, rejected } = sortedOut(file.items);
  const writeRejected = rejectedWriter(session, request, file);
  writeRejected(rejected.map(({ index }) => index));
  rejectUnlessAccepted(session, request, file, rejected);
  const result = keptFile(request.result, file.format);
  checkWritable(request.result);
  const parts = partsOf(file.head, good, request.wanted);
  const service = await session.service();
  await stopIfChanged(request, { file, good, service });
  const orders = await withHint(session, () =>
    submitAll(session, request, { service, parts, rejected, file, result }),
  );
  const { rows, copy } = await withHint(session, async () => {
    const all = [...(await outcomeRows(service, parts, orders)), ...rejectedRows(rejected)];
    return { rows: all, copy: result.write(resultText(all, file.format)) };
  });
  writeRejected(rows.filter(({ state }) => state === 'rejected').map(({ index }) => Number(index)));
  session.status.end();
  report(session, request, { orders, rows, rejected, copy });
  const isDone = orders.every(isComplete) && orders.length === parts.length && rejected.length === 0;
  return isDone ? EXIT_CODES.done.code : EXIT_CODES.incomplete.code;
}

/**
 * A function that writes the items of these indexes, which were rejected here or by the service, to the file that was
 * asked for, as they are in the order file. It does nothing when there are none, or no further ones.
 */
function rejectedWriter(
  { status }: Session,
  { file: name, rejected: path }: SubmitRequest,
  file: OrderFile,
): (indexes: readonly number[]) => void {
  if (path === undefined) return () => undefined;
  if (kindOf(path) !== kindOf(name)) {
    throw new BadOption(`--rejected must have the extension of ${name}, because it has the same format.`);
  }
  checkWritable(path);
  const kept = keptFile(path, file.format);
  let written = 0;
  return (indexes) => {
    if (indexes.length <= written) return;
    written = indexes.length;
    const items = indexes.toSorted((one, other) => one - other).flatMap((index) => file.items[index] ?? []);
    const copy = kept.write(file.only(items));
    status.say(`The rejected items are in ${path}: correct and submit it.${copyText(copy)}`);
  };
}

const copyText = (copy: string | undefined): string =>
  copy === undefined ? '' : ` The file that was there is now ${copy}.`;

function rejectUnlessAccepted(
  { status }: Session,
  { file: name, wanted }: SubmitRequest,
  { head }: OrderFile,
  rejected: readonly RejectedItem[],
): void {
  const problems = shortList(rejected.flatMap((item) => item.problems));
  if (problems.length === 0) return;
  const isAccepted = wanted.acceptValid ?? String(head.acceptValid).toLowerCase() === 'true';
  if (!isAccepted) {
    const how = 'Correct them, or pass --accept-valid to order the other items.';
    throw new BadFile([`${name} has invalid items; nothing was ordered. ${how}`, ...problems].join('\n  '));
  }
  for (const problem of problems) status.say(`Rejected: ${problem}`);
}

function shortList(sentences: readonly string[]): string[] {
  const more = sentences.length - MAX_PRINTED;
  return [...sentences.slice(0, MAX_PRINTED), ...(more > 0 ? [`and ${more} more`] : [])];
}

/** Throws BadFile when a reference was ordered with other content, by an earlier result or a later retry, unless that is intended. */
async function stopIfChanged(
  request: SubmitRequest,
  { file, good, service }: { file: OrderFile; good: readonly GoodItem[]; service: BulkService },
): Promise<void> {
  if (request.isChangeAllowed) return;
  const paths = [request.result, `${request.file}.result.csv`];
  let earlier = await readEarlier(paths);
  for (const id of mayHaveBeenRetried(good, earlier)) {
    const now = await latestRows(service, id);
    earlier = earlier.map((result) => ({ ...result, rows: updated(result.rows, now) }));
  }
  const changed = changedItems(good, earlier);
  if (changed.length === 0) return;
  const lines = changed.map(({ item, path }) => {
    const place = file.items[item.index]?.place('reference');
    return `${place}: '${item.reference}' was ordered with other content, as ${path} shows`;
  });
  throw new BadFile(
    [
      `${request.file} changes items that were ordered before; nothing was ordered. An order cannot be changed here. To order the new content in addition, pass --changed. To order every item again, pass --again LABEL.`,
      ...shortList(lines),
    ].join('\n  '),
  );
}

/** The items of a bulk order as they are now; none when the service no longer has it. */
async function latestRows(service: BulkService, id: string): Promise<ResultRow[]> {
  try {
    return (await service.items(id)).map((item) => itemRow(item, id));
  } catch (error) {
    if (error instanceof RejectedByService && error.status === 404) return [];
    throw error;
  }
}

interface Submitting {
  service: BulkService;
  parts: readonly Part[];
  rejected: readonly RejectedItem[];
  file: OrderFile;
  result: KeptFile;
}

/**
 * Submits and follows the parts. The result file shows each that the service has accepted until its outcome is known, and
 * one that it may have accepted when it can no longer be reached, or when the command is interrupted.
 */
async function submitAll(
  session: Session,
  request: SubmitRequest,
  { service, parts, rejected, file, result }: Submitting,
): Promise<BulkOrder[]> {
  const ids: string[] = [];
  let sent = 0;
  function writeOpen(): void {
    const rows = parts.flatMap(({ items }, n) =>
      n < sent ? submittedRows(items, ids[n]) : unsubmittedRows(items),
    );
    const copy = result.write(resultText([...rows, ...rejectedRows(rejected)], file.format));
    if (copy !== undefined) session.status.say(`The earlier result file is now ${copy}.`);
  }
  const isOpen = () => sent > ids.length;
  session.onInterrupt(() => isOpen() && writeOpen());
  const submit: BulkService['submit'] = (...part) => {
    sent++;
    return service.submit(...part);
  };
  try {
    return await submitParts({ ...service, submit }, parts, {
      status: session.status,
      async onAccepted(order, n) {
        ids[n] = order.id;
        if (isEnded(order)) return;
        session.accepted(order, request.result);
        writeOpen();
      },
      onEnded: session.ended,
    });
  } catch (error) {
    if (error instanceof Unreachable && isOpen()) writeOpen();
    throw error;
  }
}

async function outcomeRows(
  service: BulkService,
  parts: readonly Part[],
  orders: readonly BulkOrder[],
): Promise<ResultRow[]> {
  const rows: ResultRow[] = [];
  for (const [n, { items }] of parts.entries()) {
    const order = orders[n];
    rows.push(...(order ? partRows(items, await service.items(order.id), order.id) : unsubmittedRows(items)));
  }
  return rows;
}

interface Outcome {
  orders: readonly BulkOrder[];
  rows: readonly ResultRow[];
  rejected: readonly RejectedItem[];
  copy: string | undefined;
}

function report(session: Session, request: SubmitRequest, { orders, rows, rejected, copy }: Outcome): void {
  const { out, paint, json } = session;
  if (json) {
    const skipped = rows.filter(({ state }) => state === 'alreadyOrdered').length;
    out.line(
      JSON.stringify({ bulkOrders: orders, items: rows, skipped, rejected, result: request.result, copy }),
    );
    return;
  }
  const lines = [
    ...orders.map((order) => outcomeText(order, paint)),
    skippedText(rows, againText(session, request)),
    rejected.length > 0 ? paint('yellow', rejectedText(rejected.length)) : undefined,
    ...orders.map((order) => retryText(order, session, request.result)),
    unsubmittedText(rows, orders.at(-1)),
    `The outcome of each item is in ${request.result}.${copyText(copy)}`,
  ];
  for (const line of lines) if (line !== undefined) out.line(line);
}
