#!/usr/bin/env node
/**
 * The command `servicebus-emulator`: starts an emulator from a configuration file, prints its connection string and runs
 * until it is stopped. SIGINT, SIGTERM and, for a child process, the loss of the IPC channel to its parent stop it within
 * 5 seconds. A parent with an IPC channel receives `{ kind: 'ready', port, connectionString }`.
 *
 * Exit codes: 0 stopped, 1 the port is not available, 2 invalid arguments or configuration.
 */

import { runCommand } from './command.ts';
import type { ServiceBusEmulator } from './emulator.ts';

const CLOSE_TIMEOUT_MS = 4_000;

const result = await runCommand(process.argv.slice(2), process);
if ('emulator' in result) {
  const { port, connectionString } = result.emulator;
  stopOnSignals(result.emulator);
  process.send?.({ kind: 'ready', port, connectionString });
} else {
  process.exitCode = result.exitCode;
}

function stopOnSignals(emulator: ServiceBusEmulator): void {
  const stop = () => {
    setTimeout(() => process.exit(1), CLOSE_TIMEOUT_MS);
    void emulator.close().then(() => process.exit(0));
  };
  process.once('SIGINT', stop).once('SIGTERM', stop).once('disconnect', stop);
}
