/**
 * What the commands of `cartwright bulk` have in common while they run: the service, the status line, the output, and what
 * to say when the command ends before an outcome is known.
 */
import { quoted } from '../commandLine.ts';
import { Refused, Unwritten } from '../refused.ts';
import { type Connection, connect, connectionText } from '../service/connection.ts';
import { OutcomeUnknown } from '../service/errors.ts';
import type { RequestOptions } from '../service/request.ts';
import type { StatusLine } from '../statusLine.ts';
import type { Output, Paint } from '../terminal.ts';
import { type BulkOrder, type BulkService, bulkService } from './client.ts';
import type { SubmitRequest } from './command.ts';

/** What a command writes to. */
export interface Rim {
  out: Output;
  paint: Paint;
  status: StatusLine;
}

export interface Session extends Rim {
  connection: Connection;
  json: boolean;
  /** The service; throws BadOption or Unreachable. */
  service: () => Promise<BulkService>;
  /** Notes a bulk order that the service has accepted. */
  accepted: (order: BulkOrder, result?: string | undefined) => void;
  /** Notes that the bulk order has ended. */
  ended: () => void;
  /** Sets what a signal does before it ends the command; it cannot wait. */
  onInterrupt: (act: () => void) => void;
  /** Does it. Throws Unwritten. */
  interrupt: () => void;
  /** What was submitted last, and how to follow it; undefined when nothing was. */
  hint: () => string | undefined;
}

/** `retryPolicy` is how requests are repeated, if not as usual. */
export function sessionOf(
  rim: Rim,
  { connection, json }: { connection: Connection; json: boolean },
  retryPolicy?: RequestOptions['retryPolicy'],
): Session {
  let submitted: { id: string; options: string; isEnded: boolean } | undefined;
  let interrupt = () => {};
  return {
    ...rim,
    connection,
    json,
    service: async () => bulkService(await connect(connection), { onTrouble: rim.status.say, retryPolicy }),
    accepted({ id }, result) {
      const file = result === undefined ? '' : ` --result ${quoted(result)}`;
      submitted = { id, options: `${file}${connectionText(connection)}`, isEnded: false };
    },
    ended() {
      if (submitted) submitted.isEnded = true;
    },
    onInterrupt(act) {
      interrupt = act;
    },
    interrupt: () => interrupt(),
    hint() {
      if (!submitted) return undefined;
      const { id, options, isEnded } = submitted;
      const what = isEnded ? 'has ended. See its outcome' : 'continues on the service. Follow it';
      return `Bulk order ${id} ${what}: npx cartwright bulk follow ${id}${options}`;
    },
  };
}

/** Runs what may end early; when something was submitted by then, the error says that it continues, and how to follow it. */
export async function withHint<Result>(session: Session, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    const hint = session.hint();
    if (hint === undefined || !(error instanceof Refused)) throw error;
    const sentences = `${error.message}\n${hint}`;
    throw error instanceof Unwritten ? new Unwritten(sentences) : new OutcomeUnknown(sentences);
  }
}

/** The command that orders the items of a file again. */
export function againText({ connection }: Session, { file, wanted, ...request }: SubmitRequest): string {
  const { acceptValid, errorPolicy, reference } = wanted;
  const options = [
    acceptValid && ' --accept-valid',
    errorPolicy && ' --stop-on-first-error',
    reference !== undefined && ` --reference ${quoted(reference)}`,
    request.rejected !== undefined && ` --rejected ${quoted(request.rejected)}`,
    request.result !== `${file}.result.csv` && ` --result ${quoted(request.result)}`,
  ];
  // A name that begins with a hyphen would be read as an option.
  const name = quoted(file.startsWith('-') ? `./${file}` : file);
  return `npx cartwright bulk submit ${name} --again LABEL${options.filter(Boolean).join('')}${connectionText(connection)}`;
}

/** How to retry the items of a bulk order that failed or were cancelled; undefined when there are none. */
export function retryText({ id, counts }: BulkOrder, session: Session, result?: string): string | undefined {
  const states = (['failed', 'cancelled'] as const).filter((state) => counts[state] > 0);
  if (states.length === 0) return undefined;
  const option = counts.cancelled > 0 ? ' --cancelled' : '';
  const file = result === undefined ? '' : ` --result ${quoted(result)}`;
  return `To retry the ${states.join(' and ')} items: npx cartwright bulk retry ${id}${option}${file}${connectionText(session.connection)}`;
}
