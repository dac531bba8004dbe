/**
 * The desk's ledger: one JSON line for every order made, only ever added to: the witness for "not lost, not doubled".
 * It promises that a line is on the disk before `append` returns, and that a line half written when the
 * process died is no line. It does not know what makes an order right.
 */
import { mkdir, open, readFile, truncate } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Order } from './order.ts';

export interface LedgerLine {
  /** Unix time in milliseconds. */
  readonly at: number;
  readonly requestId: string;
  readonly customer: string;
  readonly orderId: string;
  readonly lines: readonly { lineItemNumber: number; offerId: string; quantity: number }[];
  /** The whole order as it was answered: a desk that starts again goes on from here. */
  readonly order: Order;
}

export interface Ledger {
  /** What was there when it was opened. */
  readonly lines: readonly LedgerLine[];
  append(line: LedgerLine): Promise<void>;
  close(): Promise<void>;
}

/** The lines of a ledger file, whoever writes it; a missing file has none. */
export async function readLedger(file: string): Promise<LedgerLine[]> {
  const text = await readText(file);
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  return whole
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as LedgerLine);
}

/** Opens the file for appending, cutting off a half line at its end; rejects when it cannot be written. */
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
      // One after the other, so that a line is never written into another; a failed one does not fail the next.
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
