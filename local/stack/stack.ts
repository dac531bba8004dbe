/**
 * A running stack, in the hands of whoever started it: where everything is, tokens, functions run by hand, and
 * processes killed and brought back. It forwards; what happens then is `keep.ts`'s business.
 */

import type { RunningFunction } from '@cartwright/functions-host';
import type { TokenRequest } from '../issuer/claims.ts';
import { requestToken } from '../issuer/requestToken.ts';
import { type BrokerControl, brokerControl } from './brokerControl.ts';
import type { ProcessName, Roster } from './roster.ts';
import type { Standins } from './standins.ts';

/** What is known once everything runs. */
export interface Facts extends Standins {
  readonly url: string;
  /** Opens the host's /admin. */
  readonly masterKey: string;
  readonly functions: readonly RunningFunction[];
  readonly dataFolder: string;
  /** Where the desk's ledger is, when there is a desk. */
  readonly deskLedgerFile: string | undefined;
}

export interface Stack extends Facts {
  readonly port: number;
  /** The pid and port of each process, as they are now. */
  readonly processes: Readonly<Record<string, { readonly pid: number; readonly port: number }>>;
  readonly broker: BrokerControl;
  /** Resolves when the stack has ended: with a sentence when it gave up, with undefined after `stop`. */
  readonly ended: Promise<string | undefined>;
  token(request?: TokenRequest): Promise<string>;
  /** Runs a function that is not HTTP by hand; resolves when the host has accepted it. */
  runFunction(name: string, input?: string): Promise<void>;
  /** Kills a process, which is started again; resolves when it has ended. `up` waits for its return. */
  kill(name: ProcessName, signal?: 'SIGKILL' | 'SIGTERM'): Promise<void>;
  /** Resolves when the process is ready, at once if it is. */
  up(name: ProcessName): Promise<void>;
  /** Ends a process politely and resolves when it is ready again. */
  restart(name: ProcessName): Promise<void>;
  /** Ends every process, within five seconds. */
  stop(): Promise<void>;
}

/** The stack as its user sees it; `life` says how it ends. */
export function stackOf(roster: Roster, facts: Facts, life: Pick<Stack, 'ended' | 'stop'>): Stack {
  const { url, masterKey, issuerUrl } = facts;
  return {
    ...facts,
    ...life,
    port: roster.get('host').ready.port,
    get processes() {
      return roster.processes();
    },
    broker: brokerControl((control) => roster.get('broker').ask(control)),
    token: (request) => requestToken(issuerUrl, request),
    runFunction: (name, input) => runFunction(url, masterKey, { name, input }),
    kill: (name, signal) => roster.get(name).kill(signal),
    up: (name) => roster.get(name).up(),
    restart: (name) => roster.get(name).restart(),
  };
}

async function runFunction(
  url: string,
  masterKey: string,
  { name, input = '' }: { name: string; input: string | undefined },
): Promise<void> {
  const response = await fetch(`${url}/admin/functions/${name}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'x-functions-key': masterKey },
    body: JSON.stringify({ input }),
  });
  if (response.status !== 202) throw new Error(`The host answered ${response.status} to running ${name}.`);
}
