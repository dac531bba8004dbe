/**
 * The stand-ins for Azure on this machine: Azurite, the broker with the token issuer, and the ordering desk. They
 * start in the order of their dependencies; the result is what an app needs to know to reach them.
 */
import { randomBytes } from 'node:crypto';
import { azuriteCommand, brokerCommand, deskCommand } from './commands.ts';
import type { DataFolder } from './dataFolder.ts';
import type { Ready } from './launch.ts';
import type { ProcessGroup } from './processGroup.ts';

/** A storage account that runs already. */
export interface StorageConnection {
  readonly connectionString: string;
}

export interface StandinOptions {
  readonly azurite: 'disk' | 'memory' | StorageConnection;
  /** A JSON file that names queues and topics. */
  readonly entitiesFile: string;
  readonly desk: boolean;
}

export interface Standins {
  readonly storageConnection: string;
  readonly serviceBusConnection: string;
  readonly issuerUrl: string;
  readonly jwksUrl: string;
  readonly identityEndpoint: string;
  readonly identityHeader: string;
  readonly deskUrl: string | undefined;
}

/** Starts them; throws Refused when one fails. */
export async function startStandins(
  group: ProcessGroup,
  data: DataFolder,
  options: StandinOptions,
): Promise<Standins> {
  const { azurite, entitiesFile, desk } = options;
  const secrets = {
    busKey: randomBytes(32).toString('base64'),
    identityHeader: randomBytes(16).toString('hex'),
  };
  const broker = (last?: Ready) => brokerCommand(data, entitiesFile, secrets, last);
  await group.start(
    ...(typeof azurite === 'string'
      ? [{ name: 'azurite' as const, command: (last?: Ready) => azuriteCommand(data, azurite, last) }]
      : []),
    { name: 'broker', command: broker },
  );
  const { ready } = group.get('broker');
  const jwksUrl = String(ready.jwksUrl);
  if (desk) await group.start({ name: 'desk', command: (last) => deskCommand(data, jwksUrl, last) });

  return {
    storageConnection:
      typeof azurite === 'string'
        ? storageConnectionAt(group.get('azurite').ready.port)
        : azurite.connectionString,
    serviceBusConnection: String(ready.connectionString),
    issuerUrl: String(ready.issuerUrl),
    jwksUrl,
    identityEndpoint: String(ready.identityEndpoint),
    identityHeader: secrets.identityHeader,
    deskUrl: desk ? String(group.get('desk').ready.url) : undefined,
  };
}

export interface StorageAccount {
  readonly name: string;
  /** In base64. */
  readonly key: string;
}

/** The account that Microsoft publishes for emulators; Azurite has it by default. */
export const EMULATOR_ACCOUNT: StorageAccount = {
  name: 'devstoreaccount1',
  key: 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==',
};

/** The connection string of an account's tables on this port. */
export function storageConnectionAt(port: number, { name, key } = EMULATOR_ACCOUNT): string {
  return [
    'DefaultEndpointsProtocol=http',
    `AccountName=${name}`,
    `AccountKey=${key}`,
    `TableEndpoint=http://127.0.0.1:${port}/${name}`,
  ].join(';');
}
