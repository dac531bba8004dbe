/**
 * Starts the local stack: Azurite, the broker, the ordering desk where it is wanted, and the functions host, each
 * as a process under this one, which restarts any of them that ends. A start either succeeds completely or leaves
 * nothing behind, and no process outlives this one. It knows nothing of carts.
 */
import { randomUUID } from 'node:crypto';
import { join, resolve } from 'node:path';
import type { RunningFunction } from '@cartwright/functions-host';
import { Refused } from '../../cli/refused.ts';
import { DEFAULT_DATA_FOLDER, hostCommand, repositoryFolder } from './commands.ts';
import { type DataFolder, dataFolderAt, emptyDataFolder, openDataFolder } from './dataFolder.ts';
import { hostEnvironment, wantsDesk } from './hostEnvironment.ts';
import { assertPortIsFree } from './port.ts';
import { ProcessGroup, type ProcessName } from './processGroup.ts';
import { holdRunFile } from './runFile.ts';
import { type Facts, type Stack, stackOf } from './stack.ts';
import { type StorageConnection, startStandins } from './standins.ts';

export interface StackOptions {
  /** The folder with host.json and package.json; this repository by default. */
  readonly appFolder?: string;
  /** Where data and run.json are kept; `.local` in this repository by default. */
  readonly dataFolder?: string;
  /** The port of the functions host; 0 takes a free one. */
  readonly port?: number;
  /** Settings of the app, over those of the process environment. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Whether the ordering desk runs; by default when the app's gateway is `partnerCenter` and has no URL. */
  readonly desk?: boolean;
  /** Where Azurite keeps the tables, or the connection of a storage account to use in place of Azurite. */
  readonly azurite: 'disk' | 'memory' | StorageConnection;
  /** Begin with an empty data folder. */
  readonly fresh?: boolean;
  /** Queues and topics; `infra/servicebus.json` of this repository by default. */
  readonly entitiesFile?: string;
  /** Builds the app; runs while the stand-ins start, and before the host starts. */
  readonly build?: () => Promise<unknown>;
  /** Stops the stack when it aborts, also during the start, which then throws Refused. */
  readonly signal?: AbortSignal;
  /** Messages of the supervisor, line by line. */
  readonly onEvent?: (line: string) => void;
  /** What the processes print, line by line; the host's lines are the app's log. */
  readonly onOutput?: (name: ProcessName, line: string) => void;
}

/** Starts the whole stack; throws Refused with one sentence when it cannot, and leaves nothing running. */
export async function startStack(options: StackOptions): Promise<Stack> {
  const { signal } = options;
  const data = dataFolderAt(resolve(options.dataFolder ?? DEFAULT_DATA_FOLDER));
  await openDataFolder(data);
  const runFile = await holdRunFile(data.runFile, { signal });
  const log = options.onEvent ?? (() => undefined);
  const ended = Promise.withResolvers<void>();
  let facts: Facts | undefined;
  let stopping: Promise<void> | undefined;

  const record = async () => {
    if (facts === undefined || stopping !== undefined) return;
    const { functions, ...where } = facts;
    await runFile.write({ ...where, processes: group.processes() });
  };
  const end = async () => {
    // Without a URL: a start that comes now waits until the folder is free.
    if (facts !== undefined) await runFile.write({ processes: {} }).catch(() => undefined);
    await group.stop();
    await runFile.remove();
    ended.resolve();
  };
  const stop = () => {
    stopping ??= end();
    return stopping;
  };
  const group = new ProcessGroup({
    log,
    onOutput: options.onOutput ?? (() => undefined),
    onRestart: () => record().catch((error: Error) => log(`run.json was not written: ${error.message}`)),
  });

  signal?.addEventListener('abort', () => void stop(), { once: true });
  try {
    if (signal?.aborted) throw new Refused('The stack was stopped while it was starting.');
    if (options.port) await assertPortIsFree(options.port);
    if (options.fresh) await emptyDataFolder(data);
    facts = await startAll(group, data, options);
    await record();
  } catch (error) {
    await stop();
    throw error;
  }
  return stackOf(group, facts, { ended: ended.promise, stop });
}

async function startAll(group: ProcessGroup, data: DataFolder, options: StackOptions): Promise<Facts> {
  const given = { ...process.env, ...options.settings };
  const building = options.build?.();
  // A stand-in that fails is reported first; both are awaited below.
  building?.catch(() => undefined);
  const standins = await startStandins(group, data, {
    azurite: options.azurite,
    entitiesFile: options.entitiesFile ?? join(repositoryFolder, 'infra/servicebus.json'),
    desk: options.desk ?? wantsDesk(given),
  });
  await building;
  const masterKey = randomUUID();
  const appFolder = resolve(options.appFolder ?? repositoryFolder);
  const environment = hostEnvironment(given, standins, masterKey);
  await group.start({
    name: 'host',
    command: (last) => hostCommand(data, appFolder, environment, last?.port ?? options.port ?? 0),
  });
  const { port, functions } = group.get('host').ready;
  return {
    ...standins,
    masterKey,
    url: `http://127.0.0.1:${port}`,
    functions: functions as RunningFunction[],
    deskLedgerFile: standins.deskUrl === undefined ? undefined : data.deskLedgerFile,
    dataFolder: data.path,
  };
}
