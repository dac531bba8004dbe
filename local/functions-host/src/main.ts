#!/usr/bin/env node
/**
 * The command: `functions-host --app DIR --data DIR --port N [--front-door]`, with the master key in
 * LOCAL_MASTER_KEY. Guarantees one report, `ready` or `failed`, by IPC message or, without an IPC channel, as a
 * line of JSON on stdout. Ignores Ctrl-C, and ends when the IPC channel closes.
 */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type Host, type RunningFunction, startHost } from './host.ts';
import { errorMessage } from './startupError.ts';

export type HostReport =
  | { readonly kind: 'ready'; readonly port: number; readonly functions: readonly RunningFunction[] }
  | { readonly kind: 'failed'; readonly reason: string };

process.on('SIGINT', () => {});
try {
  const host = await start();
  // Registered before the report, because a parent may end this process as soon as it is ready.
  process.once('SIGTERM', () => end(host));
  process.once('disconnect', () => end(host));
  await report({ kind: 'ready', port: host.port, functions: host.functions });
  if (process.send && !process.connected) await end(host);
} catch (error) {
  await report({ kind: 'failed', reason: errorMessage(error) });
  process.exit(1);
}

async function start(): Promise<Host> {
  const { values } = parseArgs({
    options: {
      app: { type: 'string' },
      data: { type: 'string' },
      port: { type: 'string', default: '7071' },
      'front-door': { type: 'boolean', default: false },
    },
  });
  if (!values.app || !values.data) throw new Error('--app and --data are required.');
  const { LOCAL_MASTER_KEY: masterKey } = process.env;
  const [appFolder, dataFolder] = [resolve(values.app), resolve(values.data)];
  process.chdir(appFolder);
  return startHost({
    appFolder,
    dataFolder,
    port: Number(values.port),
    frontDoor: values['front-door'],
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

async function end(host: Host): Promise<void> {
  await host.close();
  process.exit(0);
}
