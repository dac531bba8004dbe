/** The ordering desk of a running service, as a test directs and questions it: what it is to do, what it saw, what its ledger holds. */
import type { SeenRequest } from '../../local/ordering-desk/desk.ts';
import { readLedger } from '../../local/ordering-desk/ledger.ts';
import type { ScriptRequest } from '../../local/ordering-desk/script.ts';
import type { Service } from './running.ts';

/** What the functions here need of a running service. */
export type Desk = Pick<Service, 'deskUrl' | 'deskScope' | 'deskLedgerFile'>;

/** Sets how the ordering desk behaves from now on. */
export async function direct({ deskUrl, deskScope }: Desk, script: ScriptRequest): Promise<void> {
  const response = await fetch(`${deskUrl}/desk/script?scope=${deskScope}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(script),
  });
  if (!response.ok) throw new Error(`The desk does not take the script: ${await response.text()}`);
}

/** What the desk saw of a customer, in order. */
export async function seenOf({ deskUrl }: Desk, customer: string): Promise<SeenRequest[]> {
  const seen = (await (await fetch(`${deskUrl}/desk/requests`)).json()) as (SeenRequest & { path: string })[];
  return seen.filter(({ path }) => path.includes(customer));
}

/** The orders that the desk has made for a customer, by its own ledger. */
export async function ledgerOf({ deskLedgerFile = '' }: Desk, customer: string) {
  return (await readLedger(deskLedgerFile)).filter((line) => line.customer === customer);
}

/** From now on the desk refuses every order of a customer, and makes all others. */
export const refuse = (desk: Desk, customer: string): Promise<void> =>
  direct(desk, [
    {
      match: { customer },
      times: 'always',
      answer: { status: 400, code: '3029', description: 'No credit.' },
    },
  ]);
