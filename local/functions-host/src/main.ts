#!/usr/bin/env node
/**
 * The command. Options: `--app DIR` and `--data DIR` (required), `--port N` (7071), `--front-door`, and
 * `--stop-on-stdin-close`; the master key is in LOCAL_MASTER_KEY. Guarantees one report, `ready` or `failed`, by IPC
 * message or, without an IPC channel, as a line of JSON on stdout. Ends within 5 s of SIGTERM, SIGINT, the end of
 * the IPC channel if there is one and, with the option, the end of stdin. Exits with 0 when asked to end.
 */
import type { Host, RunningFunction } from './host.ts';
import { type Options, readOptions } from './options.ts';
import { errorMessage } from './startupError.ts';

export type HostReport =
  | { readonly kind: 'ready'; readonly port: number; readonly functions: readonly RunningFunction[] }
  | { readonly kind: 'failed'; readonly reason: string };

// Above the limit of `close`, in case a busy event loop delays it.
const exitWithinMs = 4_500;

try {
  const options = readOptions(process.argv.slice(2));
  const host = await start(options);
  // Registered before the report, because a parent may end this process as soon as it is ready.
  stopOnRequest(host, options);
  await report({ kind: 'ready', port: host.port, functions: host.functions });
} catch (error) {
  await report({ kind: 'failed', reason: errorMessage(error) });
  process.exit(1);
}

async function start({ appFolder, dataFolder, port, frontDoor }: Options): Promise<Host> {
  // After the options: half of the time of a start, which a mistake in the options does not need.
  const { startHost } = await import('./host.ts');
  const { LOCAL_MASTER_KEY: masterKey } = process.env;
  process.chdir(appFolder);
  return startHost({
    appFolder,
    dataFolder,
    port,
    frontDoor,
    log: (line) => process.stderr.write(`${line}\n`),
    ...(masterKey && { masterKey }),
  });
}

function report(message: HostReport): Promise<void> {
  return new Promise((done) => {
    if (process.send) process.send(message, undefined, undefined, () => done());
    else process.stdout.write(`${JSON.stringify(message)}\n`, () => done());
  });
}

function stopOnRequest(host: Host, { stopOnStdinClose }: Options): void {
  let stopping = false;
  const stop = (): void => {
    if (stopping) return;
    stopping = true;
    setTimeout(() => process.exit(1), exitWithinMs);
    void host.close().finally(() => process.exit(0));
  };
  process.on('SIGTERM', stop).on('SIGINT', stop).on('disconnect', stop);
  // The parent may have ended during the start.
  if (process.send && !process.connected) stop();
  if (stopOnStdinClose) process.stdin.on('close', stop).resume();
}
