#!/usr/bin/env node
/**
 * The host as a process: `node local/functions-host/src/main.ts --app DIR --data DIR --port N [--front-door]`, master key in
 * LOCAL_MASTER_KEY. It promises to say `ready` or `failed` once, over IPC when there is a parent to hear it and
 * as a line of JSON on stdout otherwise, to leave Ctrl-C to its supervisor, and to end when the supervisor is
 * gone.
 */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type Host, type RunningFunction, startHost } from './host.ts';
import { sentenceOf } from './startupError.ts';

export type HostReport =
  | { readonly kind: 'ready'; readonly port: number; readonly functions: readonly RunningFunction[] }
  | { readonly kind: 'failed'; readonly reason: string };

process.on('SIGINT', () => {});
try {
  const host = await start();
  // Registered before the report: whoever hears `ready` may end this process at once.
  process.once('SIGTERM', () => end(host));
  process.once('disconnect', () => end(host));
  await report({ kind: 'ready', port: host.port, functions: host.functions });
  if (process.send && !process.connected) await end(host);
} catch (error) {
  await report({ kind: 'failed', reason: sentenceOf(error) });
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
  if (!values.app || !values.data) throw new Error('The host needs --app and --data, each with a folder.');
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
