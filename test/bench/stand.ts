/** What the bench runs on: a local stack in memory, and the bare storage client in its own process beside it. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TableClient } from '@azure/data-tables';
import { localCaller } from '../../local/issuer/claims.ts';
import type { Stack } from '../../local/stack/stack.ts';
import { startStack } from '../../local/stack/start.ts';
import { cartKeys, TABLES } from '../../shared/storage/keys.ts';
import { SWEEP_BY_HAND } from '../support/stackSettings.ts';
import type { BareCommand, BareResult } from './bareMain.ts';

export interface Stand {
  stack: Stack;
  token: string;
  /** Process ids by name; `bench` is this process, which generates the load. */
  pids(): Record<string, number>;
  /** Has the bare client carry out a command; a preparation has no result. */
  bare<Kind extends BareCommand['kind']>(
    command: BareCommand & { kind: Kind },
  ): Promise<Kind extends 'run' ? BareResult : unknown>;
  /** The row of a cart. */
  row(customer: string, cartId: string): Promise<Record<string, unknown>>;
  stop(): Promise<void>;
}

export interface StandOptions {
  /** The folder of the app; this repository by default. */
  appFolder?: string | undefined;
  settings?: Record<string, string>;
  /** Options of Node for every process. */
  nodeOptions?: string;
  onOutput?: (name: string, line: string) => void;
}

/** Starts everything; `stop` ends it and removes its data. */
export async function startStand({
  appFolder,
  settings,
  nodeOptions,
  onOutput,
}: StandOptions = {}): Promise<Stand> {
  if (nodeOptions) process.env.NODE_OPTIONS = nodeOptions; // the processes inherit it
  const dataFolder = await mkdtemp(join(tmpdir(), 'cartwright-bench-'));
  const stack = await startStack({
    dataFolder,
    azurite: 'memory',
    settings: { ...SWEEP_BY_HAND, ...settings },
    ...(appFolder === undefined ? {} : { appFolder }),
    onOutput: onOutput ?? (() => undefined),
    onEvent: (line) => console.error(line),
  });
  if (nodeOptions) delete process.env.NODE_OPTIONS;
  const child = await startBare(stack.storageConnection);
  const carts = TableClient.fromConnectionString(stack.storageConnection, TABLES.carts, {
    allowInsecureConnection: true,
  });
  return {
    stack,
    token: await stack.token({ user: localCaller.user }),
    pids() {
      const processes = Object.entries(stack.processes).map(([name, { pid }]) => [name, pid] as const);
      return { ...Object.fromEntries(processes), bench: process.pid, bare: child.pid ?? 0 };
    },
    async bare(command) {
      child.send(command);
      const [result] = await once(child, 'message');
      return result;
    },
    async row(customer, cartId) {
      const key = { tenant: localCaller.tenant, customer, cartId };
      const { partitionKey, rowKey } = cartKeys(key);
      const { etag, timestamp, ...row } = await carts.getEntity(partitionKey, rowKey);
      return row;
    },
    async stop() {
      const exited = child.connected ? once(child, 'exit') : undefined;
      if (child.connected) child.disconnect();
      await Promise.all([exited, stack.stop()]);
      await rm(dataFolder, { recursive: true, force: true });
    },
  };
}

async function startBare(connectionString: string): Promise<ChildProcess> {
  const entry = join(import.meta.dirname, 'bareMain.ts');
  const child = fork(entry, [connectionString], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    serialization: 'advanced',
  });
  await once(child, 'message');
  return child;
}
