/** The ordering desk of a running service, as a test directs and questions it: what it is to do, what it saw, what its ledger holds. */
import type { SeenRequest } from '../../local/ordering-desk/desk.ts';
import { readLedger } from '../../local/ordering-desk/ledger.ts';
import type { ScriptRequest } from '../../local/ordering-desk/script.ts';
import type { Running } from './running.ts';

/** Tells the desk how to behave from now on. */
export async function direct({ deskUrl }: Running, script: ScriptRequest): Promise<void> {
  const response = await fetch(`${deskUrl}/desk/script`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(script),
  });
  if (!response.ok) throw new Error(`The desk does not take the script: ${await response.text()}`);
}

/** What the desk saw of a customer, in order. */
export async function seenOf({ deskUrl }: Running, customer: string): Promise<SeenRequest[]> {
  const seen = (await (await fetch(`${deskUrl}/desk/requests`)).json()) as (SeenRequest & { path: string })[];
  return seen.filter(({ path }) => path.includes(customer));
}

/** The orders that the desk has made for a customer, by its own ledger. */
export async function ledgerOf({ deskLedgerFile = '' }: Running, customer: string) {
  return (await readLedger(deskLedgerFile)).filter((line) => line.customer === customer);
}

/** From now on the desk refuses every order of a customer, and makes all others. */
export const refuse = (running: Running, customer: string): Promise<void> =>
  direct(running, [
    {
      match: { customer },
      times: 'always',
      answer: { status: 400, code: '3029', description: 'No credit.' },
    },
  ]);
