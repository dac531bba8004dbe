/**
 * The desk's ledger: an append-only file with one JSON line per order, the evidence that no order is lost or duplicated.
 * A line is on disk before `append` resolves. A line that was only partly written when the process died is ignored.
 */
import { mkdir, open, readFile, truncate } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Order } from './order.ts';

export interface LedgerLine {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly requestId: string;
  readonly customer: string;
  readonly orderId: string;
  readonly lines: readonly { lineItemNumber: number; offerId: string; quantity: number }[];
  /** The complete order as returned to the caller; a restarted desk loads it. */
  readonly order: Order;
}

export interface Ledger {
  /** The lines that the file contained when it was opened. */
  readonly lines: readonly LedgerLine[];
  append(line: LedgerLine): Promise<void>;
  close(): Promise<void>;
}

/** Reads the lines of a ledger file, also while a desk appends to it. A missing file has none. */
export async function readLedger(file: string): Promise<LedgerLine[]> {
  const text = await readText(file);
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  return whole
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as LedgerLine);
}

/** Opens the file for appending and removes a partly written last line. Rejects when it cannot be written. */
export async function openLedger(file: string): Promise<Ledger> {
  await mkdir(dirname(file), { recursive: true });
  const text = await readText(file);
  const wholeBytes = Buffer.byteLength(text.slice(0, text.lastIndexOf('\n') + 1));
  if (wholeBytes < Buffer.byteLength(text)) await truncate(file, wholeBytes);
  const lines = await readLedger(file);
  const handle = await open(file, 'a');

  let last: Promise<void> = Promise.resolve();
  return {
    lines,
    append(line) {
      // Appends run one after the other, so that lines never interleave. A failed append does not fail the next one.
      last = last
        .catch(() => undefined)
        .then(async () => {
          await handle.appendFile(`${JSON.stringify(line)}\n`);
          await handle.datasync();
        });
      return last;
    },
    async close() {
      await last.catch(() => undefined);
      await handle.close();
    },
  };
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}
