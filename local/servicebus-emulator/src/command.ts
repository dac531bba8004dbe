/**
 * What the command `servicebus-emulator` does until its emulator runs: reads the arguments and the configuration file,
 * starts the emulator and prints its connection string. Never throws: it prints an error and returns the exit code.
 */

import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import type { Entities, ServiceBusEmulator } from './emulator.ts';

/** Where the command prints. The process is one. */
export interface Output {
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
}

/** The running emulator, or the exit code of a command that has ended. */
export type CommandResult = { readonly emulator: ServiceBusEmulator } | { readonly exitCode: 0 | 1 | 2 };

const USAGE = `Usage: servicebus-emulator --config FILE [--port PORT] [--key-name NAME] [--key KEY]

  --config FILE    JSON file with the queues, topics and subscriptions
  --port PORT      TCP port on 127.0.0.1; 0 selects a free port (default: 5672)
  --key-name NAME  name of the shared access key (default: RootManageSharedAccessKey)
  --key KEY        shared access key (default: SAS_KEY_VALUE)
  --help           print this help
`;
const PORT_NOT_AVAILABLE = 1;
const INVALID_USAGE = 2;

interface Arguments {
  readonly help: boolean;
  readonly config?: string;
  readonly port: number;
  readonly keyName?: string;
  readonly key?: string;
}

/** Runs the command with its arguments, without the names of Node.js and of the script. */
export async function runCommand(
  args: readonly string[],
  { stdout, stderr }: Output,
): Promise<CommandResult> {
  try {
    const { config, help, ...options } = readArguments(args);
    if (help) {
      stdout.write(USAGE);
      return { exitCode: 0 };
    }
    if (config === undefined) throw new Error('--config is required.');
    const entities = await readEntities(config);
    // Loaded here, because the help and an error in the arguments need only half of the time without it.
    const { startServiceBus } = await import('./emulator.ts');
    const emulator = await startServiceBus({ entities, ...options });
    stdout.write(describe(emulator, entities));
    return { emulator };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    stderr.write(`servicebus-emulator: ${message}\n`);
    return { exitCode: code === 'EADDRINUSE' || code === 'EACCES' ? PORT_NOT_AVAILABLE : INVALID_USAGE };
  }
}

/** Throws on an unknown option or an invalid port. */
function readArguments(args: readonly string[]): Arguments {
  const { values } = parseArgs({
    args: [...args],
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

function describe(
  { port, connectionString }: ServiceBusEmulator,
  { queues = {}, topics = {} }: Entities,
): string {
  return [
    `Service Bus emulator is listening on 127.0.0.1:${port}.`,
    `Queues: ${Object.keys(queues).join(', ') || 'none'}`,
    `Topics: ${Object.keys(topics).join(', ') || 'none'}`,
    `Connection string: ${connectionString}`,
    '',
  ].join('\n');
}
