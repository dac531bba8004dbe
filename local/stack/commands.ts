/**
 * How each process of the stack is started: its entry, options and environment, and the ports of its previous run.
 * Secrets are passed in the environment, so that no process list shows them. It starts nothing.
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { DataFolder } from './dataFolder.ts';
import type { Command, Ready } from './launch.ts';

/** The folder of this repository. */
export const repositoryFolder = join(import.meta.dirname, '../..');

/** Where a stack keeps its data unless it is given a folder. */
export const DEFAULT_DATA_FOLDER = join(repositoryFolder, '.local');

/** Azurite's table service, with its tables on the disk or in memory. */
export function azuriteCommand(data: DataFolder, mode: 'disk' | 'memory', last?: Ready): Command {
  const place = mode === 'memory' ? ['--inMemoryPersistence'] : ['--location', data.azurite];
  return {
    entry: join(import.meta.dirname, 'azuriteMain.ts'),
    args: ['--silent', '--disableTelemetry', '--tablePort', portOf(last), ...place],
    environment: process.env,
    folder: data.path,
  };
}

/** What callers of the broker have to present; the same after a restart. */
export interface BrokerSecrets {
  readonly busKey: string;
  readonly identityHeader: string;
}

/** The Service Bus emulator with the token issuer. */
export function brokerCommand(
  data: DataFolder,
  entitiesFile: string,
  secrets: BrokerSecrets,
  last?: Ready,
): Command {
  return {
    entry: join(import.meta.dirname, 'brokerMain.ts'),
    args: [
      ...['--entities', entitiesFile, '--issuer-key', data.issuerKeyFile],
      ...['--bus-port', portOf(last), '--issuer-port', String(last?.issuerPort ?? 0)],
    ],
    environment: {
      ...process.env,
      LOCAL_BUS_KEY: secrets.busKey,
      LOCAL_IDENTITY_HEADER: secrets.identityHeader,
    },
    folder: data.path,
  };
}

/** The ordering desk, which accepts tokens of the issuer. */
export function deskCommand(data: DataFolder, jwksUrl: string, last?: Ready): Command {
  return {
    entry: join(import.meta.dirname, '../ordering-desk/main.ts'),
    args: ['--ledger', data.deskLedgerFile, '--jwks', jwksUrl, '--port', portOf(last)],
    environment: process.env,
    folder: data.path,
  };
}

/** The functions host in front of an app. */
export function hostCommand(
  data: DataFolder,
  appFolder: string,
  environment: NodeJS.ProcessEnv,
  port: number,
): Command {
  return {
    entry: createRequire(import.meta.url).resolve('@cartwright/functions-host/main'),
    args: ['--app', appFolder, '--data', data.host, '--port', String(port), '--front-door'],
    environment,
    folder: appFolder,
  };
}

function portOf(last: Ready | undefined): string {
  return String(last?.port ?? 0);
}
