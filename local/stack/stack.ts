/**
 * A running stack for the code that started it: where everything listens, tokens, functions run by hand, and
 * processes that are killed and restarted. It only forwards; the rules of restarts are in `supervise.ts`.
 */
import type { RunningFunction } from '@cartwright/functions-host';
import type { TokenRequest } from '../issuer/claims.ts';
import { requestToken } from '../issuer/requestToken.ts';
import { type BrokerControl, brokerControl } from './brokerControl.ts';
import type { ProcessGroup, ProcessName } from './processGroup.ts';
import type { Standins } from './standins.ts';

/** What is known once every process is ready. */
export interface Facts extends Standins {
  readonly url: string;
  /** Opens the host's /admin. */
  readonly masterKey: string;
  readonly functions: readonly RunningFunction[];
  readonly dataFolder: string;
  /** The desk's ledger, when there is a desk. */
  readonly deskLedgerFile: string | undefined;
}

export interface Stack extends Facts {
  readonly port: number;
  /** The pid and port of each process, as they are now. */
  readonly processes: Readonly<Record<string, { readonly pid: number; readonly port: number }>>;
  readonly broker: BrokerControl;
  /** Resolves when the stack has stopped. */
  readonly ended: Promise<void>;
  token(request?: TokenRequest): Promise<string>;
  /** Runs a function that is not HTTP by hand; resolves when the host has accepted it. */
  runFunction(name: string, input?: string): Promise<void>;
  /** Kills a process, which is then restarted; resolves when it has ended. `up` waits until it is ready again. */
  kill(name: ProcessName, signal?: 'SIGKILL' | 'SIGTERM'): Promise<void>;
  /** Resolves when the process is ready, immediately if it is. */
  up(name: ProcessName): Promise<void>;
  /**
   * Ends a process (SIGTERM, and SIGKILL after `graceMs`, 15 s by default) and resolves when it is ready again;
   * rejects when it does not start, and is then attempted again as after any failure.
   */
  restart(name: ProcessName, graceMs?: number): Promise<void>;
  /** Ends every process, within five seconds. */
  stop(): Promise<void>;
}

/** The stack as its user sees it. */
export function stackOf(group: ProcessGroup, facts: Facts, life: Pick<Stack, 'ended' | 'stop'>): Stack {
  const { url, masterKey, issuerUrl } = facts;
  return {
    ...facts,
    ...life,
    port: group.get('host').ready.port,
    get processes() {
      return group.processes();
    },
    broker: brokerControl((control) => group.get('broker').ask(control)),
    token: (request) => requestToken(issuerUrl, request),
    runFunction: (name, input) => runFunction(url, masterKey, { name, input }),
    kill: (name, signal) => group.get(name).kill(signal),
    up: (name) => group.get(name).up(),
    restart: (name, graceMs) => group.get(name).restart(graceMs),
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
