/**
 * What the commands of `cartwright bulk` have in common while they run: the service, the status line, the output, and what
 * to say when the command ends before an outcome is known.
 */
import { EXIT_CODES } from '../exitCodes.ts';
import { Refused } from '../refused.ts';
import { type Connection, connect, connectionText, quoted } from '../service/connection.ts';
import { OutcomeUnknown } from '../service/errors.ts';
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
  /** Notes a bulk order that continues on the service if this command ends. */
  accepted: (order: BulkOrder, result?: string | undefined) => void;
  /** How to follow what continues on the service; undefined when nothing does. */
  hint: () => string | undefined;
}

export function sessionOf(
  rim: Rim,
  { connection, json }: { connection: Connection; json: boolean },
): Session {
  let followed: string | undefined;
  return {
    ...rim,
    connection,
    json,
    service: async () => bulkService(await connect(connection), { onTrouble: rim.status.say }),
    accepted({ id }, result) {
      const file = result === undefined ? '' : ` --result ${quoted(result)}`;
      followed = `Bulk order ${id} continues on the service. Follow it: npx cartwright bulk follow ${id}${file}${connectionText(connection)}`;
    },
    hint: () => followed,
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

/** How to retry the failed items of a bulk order; undefined when none failed. */
export function retryText({ id, counts }: BulkOrder, session: Session, result?: string): string | undefined {
  if (counts.failed + counts.cancelled === 0) return undefined;
  const [what, option] = counts.failed === 0 ? ['cancelled', ' --cancelled'] : ['failed', ''];
  const file = result === undefined ? '' : ` --result ${quoted(result)}`;
  return `To retry the ${what} items: npx cartwright bulk retry ${id}${option}${file}${connectionText(session.connection)}`;
}
