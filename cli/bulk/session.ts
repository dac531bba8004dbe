/**
 * What the commands of `cartwright bulk` have in common while they run: the service, the status line, the output, and what
 * to say when the command ends before an outcome is known.
 */
import { EXIT_CODES } from '../exitCodes.ts';
import { Refused } from '../refused.ts';
import { type Connection, connect, connectionText, quoted } from '../service/connection.ts';
import { OutcomeUnknown } from '../service/errors.ts';
import type { RequestOptions } from '../service/request.ts';
import type { StatusLine } from '../statusLine.ts';
import type { Output, Paint } from '../terminal.ts';
import { type BulkOrder, type BulkService, bulkService } from './client.ts';

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
    if (hint === undefined || !(error instanceof Refused) || error.exitCode === EXIT_CODES.unwritten.code)
      throw error;
    throw new OutcomeUnknown(`${error.message}\n${hint}`);
  }
}

/** How to retry the items of a bulk order that failed or were cancelled; undefined when there are none. */
export function retryText({ id, counts }: BulkOrder, session: Session, result?: string): string | undefined {
  const states = (['failed', 'cancelled'] as const).filter((state) => counts[state] > 0);
  if (states.length === 0) return undefined;
  const option = counts.cancelled > 0 ? ' --cancelled' : '';
  const file = result === undefined ? '' : ` --result ${quoted(result)}`;
  return `To retry the ${states.join(' and ')} items: npx cartwright bulk retry ${id}${option}${file}${connectionText(session.connection)}`;
}
