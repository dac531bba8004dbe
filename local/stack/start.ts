/**
 * Starts the local stack: Azurite, the broker, the ordering desk when it is wanted, and the functions host, each a
 * process of its own under this one, which starts again whichever dies. It promises that a start either succeeds
 * whole or leaves nothing behind, and that no process outlives this one. It knows nothing of carts.
 */
import { randomUUID } from 'node:crypto';
import { join, resolve } from 'node:path';
import type { RunningFunction } from '@cartwright/functions-host';
import { Refused } from '../../cli/refused.ts';
import { hostCommand, repositoryFolder } from './commands.ts';
import { type DataFolder, dataFolderAt, emptyDataFolder, openDataFolder } from './dataFolder.ts';
import { hostEnvironment, wantsDesk } from './hostEnvironment.ts';
import { type ProcessName, Roster } from './roster.ts';
import { holdRunFile } from './runFile.ts';
import { type Facts, type Stack, stackOf } from './stack.ts';
import { startStandins } from './standins.ts';

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
  readonly azurite: 'disk' | 'memory';
  /** Begin with an empty data folder. */
  readonly fresh?: boolean;
  /** Queues and topics; `infra/servicebus.json` of this repository by default. */
  readonly entitiesFile?: string;
  /** What the supervisor has to say, line by line. */
  readonly onEvent?: (line: string) => void;
  /** What the processes print, line by line; the host's lines are the app's log. */
  readonly onOutput?: (name: ProcessName, line: string) => void;
}

/** Starts the whole stack; throws Refused with one sentence when it cannot, and leaves nothing running. */
export async function startStack(options: StackOptions): Promise<Stack> {
  const data = dataFolderAt(resolve(options.dataFolder ?? join(repositoryFolder, '.local')));
  await openDataFolder(data);
  const runFile = await holdRunFile(data.runFile);
  const say = options.onEvent ?? (() => undefined);
  const ended = Promise.withResolvers<string | undefined>();
  let facts: Facts | undefined;
  let stopping: Promise<void> | undefined;

  const record = async () => {
    if (facts === undefined || stopping !== undefined) return;
    const { functions, ...where } = facts;
    await runFile.write({ ...where, processes: roster.processes() });
  };
  const stop = (reason?: string) => {
    stopping ??= (async () => {
      await roster.stop();
      await runFile.remove();
      ended.resolve(reason);
    })();
    return stopping;
  };
  const roster = new Roster({
    say,
    onOutput: options.onOutput ?? (() => undefined),
    onRestart: () => record().catch((error: Error) => say(`run.json was not written: ${error.message}`)),
    onGiveUp: (sentence) => void stop(sentence),
  });

  try {
    if (options.fresh) await emptyDataFolder(data);
    facts = await startAll(roster, data, options);
    if (stopping !== undefined) throw new Refused(String(await ended.promise));
    await record();
  } catch (error) {
    await stop();
    // A process that came up while the others were being stopped is stopped now.
    await roster.stop();
    throw error;
  }
  return stackOf(roster, facts, { ended: ended.promise, stop: () => stop() });
}

async function startAll(roster: Roster, data: DataFolder, options: StackOptions): Promise<Facts> {
  const given = { ...process.env, ...options.settings };
  const standins = await startStandins(roster, data, {
    azurite: options.azurite,
    entitiesFile: options.entitiesFile ?? join(repositoryFolder, 'infra/servicebus.json'),
    desk: options.desk ?? wantsDesk(given),
  });
  const masterKey = randomUUID();
  const appFolder = resolve(options.appFolder ?? repositoryFolder);
  const environment = hostEnvironment(given, standins, masterKey);
  await roster.start({
    name: 'host',
    command: (last) => hostCommand(data, appFolder, environment, last?.port ?? options.port ?? 0),
  });
  const { port, functions } = roster.get('host').ready;
  return {
    ...standins,
    masterKey,
    url: `http://127.0.0.1:${port}`,
    functions: functions as RunningFunction[],
    deskLedgerFile: standins.deskUrl === undefined ? undefined : data.deskLedgerFile,
    dataFolder: data.path,
  };
}
