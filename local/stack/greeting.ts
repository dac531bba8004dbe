/**
 * What `npm start` prints once everything runs: each function with its address, a token, and a request to paste.
 * Pure: facts in, text out; `heading` makes a line stand out where the terminal can.
 */
import type { RunningFunction } from '@cartwright/functions-host';
import { quoted } from '../../cli/commandLine.ts';
import { DEFAULT_DATA_FOLDER } from './commands.ts';
import type { Facts } from './stack.ts';

export interface Greeting {
  readonly facts: Facts;
  readonly token: string;
  /** How long the start took. */
  readonly afterMs: number;
  /** Whether changes of the sources are watched. */
  readonly watch?: boolean | undefined;
  heading(text: string): string;
}

/** The cart of the first example in Partner Center's documentation. */
const customer = 'd6bf25b7-e0a8-4f2d-a31b-97b55cfc774d';
const cart = {
  lineItems: [
    {
      id: 0,
      catalogItemId: 'DG7GMGF0DWTL:0001:DG7GMGF0DSJB',
      friendlyName: 'A_sample_Azure_RI',
      quantity: 2,
      billingCycle: 'one_time',
      provisioningContext: {
        subscriptionId: '3D5ECED6-1151-44C7-AEE6-70A4BB725666',
        scope: 'shared',
        duration: '1Year',
      },
    },
  ],
};

/** The whole text. */
export function greet({ facts, token, afterMs, watch, heading }: Greeting): string {
  const { url, functions, dataFolder, deskUrl, deskLedgerFile } = facts;
  const seconds = (afterMs / 1000).toFixed(1);
  return [
    heading(`Ready at ${url} after ${seconds} s. Press Ctrl-C to stop.`),
    '',
    ...table(functions.map((one) => row(one, url))),
    '',
    ...(watch
      ? ['Watching functions/, shared/ and the settings: a change restarts the functions host.']
      : []),
    `Data is kept in ${dataFolder}. To start with empty data, pass --fresh.`,
    ...(deskUrl === undefined
      ? []
      : [`The ordering desk stands in for Partner Center at ${deskUrl}; its ledger is ${deskLedgerFile}.`]),
    '',
    heading(`A bearer token, valid for 8 hours (${tokenCommand(dataFolder)} prints others):`),
    `TOKEN=${token}`,
    '',
    heading('Create a cart:'),
    `curl -sS -X POST ${url}/v1/customers/${customer}/carts \\`,
    `  -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' \\`,
    `  -d '${JSON.stringify(cart)}'`,
    '',
  ].join('\n');
}

/** The command finds the stack by its data folder. */
const tokenCommand = (dataFolder: string): string =>
  dataFolder === DEFAULT_DATA_FOLDER ? 'npm run token' : `npm run token -- --data ${quoted(dataFolder)}`;

function row(
  { name, trigger, methods = [], route, schedule, entity }: RunningFunction,
  url: string,
): string[] {
  switch (trigger) {
    case 'http':
      return [name, methods.length > 3 ? 'any' : methods.join(','), `${url}/${route}`];
    case 'timer':
      return [name, 'timer', schedule ?? ''];
    case 'serviceBus':
      return [name, 'queue', entity ?? ''];
  }
}

function table(rows: readonly string[][]): string[] {
  const widths = [0, 1].map((column) => Math.max(0, ...rows.map((cells) => cells[column]?.length ?? 0)));
  return rows.map((cells) => `  ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`);
}
