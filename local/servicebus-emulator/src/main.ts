#!/usr/bin/env node
/**
 * The command `servicebus-emulator`: starts an emulator from a configuration file, prints its connection string and runs
 * until it is stopped. SIGINT, SIGTERM and, for a child process, the loss of the IPC channel to its parent stop it within
 * 5 seconds. A parent with an IPC channel receives `{ kind: 'ready', port, connectionString }`.
 *
 * Exit codes: 0 stopped, 1 the port is not available, 2 invalid arguments or configuration.
 */

import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import type { Entities, ServiceBusEmulator } from './emulator.ts';

const USAGE = `Usage: servicebus-emulator --config FILE [--port PORT] [--key-name NAME] [--key KEY]

  --config FILE    JSON file with the queues, topics and subscriptions
  --port PORT      TCP port on 127.0.0.1; 0 selects a free port (default: 5672)
  --key-name NAME  name of the shared access key (default: RootManageSharedAccessKey)
  --key KEY        shared access key (default: SAS_KEY_VALUE)
  --help           print this help
`;
const INVALID_USAGE = 2;
const CLOSE_TIMEOUT_MS = 4_000;

interface Arguments {
  readonly help: boolean;
  readonly config?: string;
  readonly port: number;
  readonly keyName?: string;
  readonly key?: string;
}

try {
  const { config, help, ...options } = readArguments();
  if (help) {
    process.stdout.write(USAGE);
  } else {
    if (config === undefined) throw new Error('--config is required.');
    const entities = await readEntities(config);
    // Loaded here, because the help and an error in the arguments need only half of the time without it.
    const { startServiceBus } = await import('./emulator.ts');
    const emulator = await startServiceBus({ entities, ...options });
    stopOnSignals(emulator);
    report(emulator, entities);
  }
} catch (error) {
  const { code, message } = error as NodeJS.ErrnoException;
  const portInUse = code === 'EADDRINUSE' || code === 'EACCES';
  console.error(`servicebus-emulator: ${message}`);
  process.exit(portInUse ? 1 : INVALID_USAGE);
}

/** Throws on an unknown option or an invalid port. */
function readArguments(): Arguments {
  const { values } = parseArgs({
    options: {
      config: { type: 'string' },
      port: { type: 'string', default: '5672' },
      'key-name': { type: 'string' },
      key: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  const { config, key, 'key-name': keyName } = values;
  const port = Number(values.port);
  if (!/^\d+$/.test(values.port) || port > 65_535)
    throw new Error('--port must be an integer from 0 to 65535.');
  return {
    help: values.help,
    port,
    ...(config !== undefined && { config }),
    ...(keyName !== undefined && { keyName }),
    ...(key !== undefined && { key }),
  };
}

/** Throws when the file cannot be read or is not an object with `queues` and `topics`. */
async function readEntities(file: string): Promise<Entities> {
  const text = await readFile(file, 'utf8');
  let entities: unknown;
  try {
    entities = JSON.parse(text);
  } catch (error) {
    throw new Error(`${file} is not valid JSON: ${(error as Error).message}`);
  }
  if (typeof entities !== 'object' || entities === null || Array.isArray(entities)) {
    throw new Error(`${file} must contain an object with "queues" and "topics".`);
  }
  const unknown = Object.keys(entities).filter((key) => key !== 'queues' && key !== 'topics');
  if (unknown.length > 0) throw new Error(`${file} contains unknown properties: ${unknown.join(', ')}.`);
  return entities;
}

function report(
  { port, connectionString }: ServiceBusEmulator,
  { queues = {}, topics = {} }: Entities,
): void {
  console.log(`Service Bus emulator is listening on 127.0.0.1:${port}.`);
  console.log(`Queues: ${Object.keys(queues).join(', ') || 'none'}`);
  console.log(`Topics: ${Object.keys(topics).join(', ') || 'none'}`);
  console.log(`Connection string: ${connectionString}`);
  process.send?.({ kind: 'ready', port, connectionString });
}

function stopOnSignals(emulator: ServiceBusEmulator): void {
  const stop = () => {
    setTimeout(() => process.exit(1), CLOSE_TIMEOUT_MS);
    void emulator.close().then(() => process.exit(0));
  };
  process.once('SIGINT', stop).once('SIGTERM', stop).once('disconnect', stop);
}
