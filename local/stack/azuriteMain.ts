/**
 * The process that is Azurite's table service: Azurite's own entry, loaded here so that killing this process kills
 * Azurite, with two signals that Azurite does not handle: SIGTERM, and the end of the supervisor.
 * It imports nothing of this repository; Azurite reads its options from the command line.
 */
import { subscribe } from 'node:diagnostics_channel';
import { createRequire, Module } from 'node:module';
import type { AddressInfo, Server } from 'node:net';

// Without a supervisor; with one, the supervisor or `childGuard.ts` allows less.
const endWithinMs = 10_000;

let listening = false;

// Azurite prints the port it was asked for, which may be 0; Node reports the one that was assigned.
subscribe('tracing:net.server.listen:asyncEnd', (message) => {
  listening = true;
  const { port } = (message as { server: Server }).server.address() as AddressInfo;
  process.send?.({ kind: 'ready', port });
});

/** Azurite writes its tables to the disk when it is interrupted; then nothing keeps the process alive. */
function end(): void {
  if (!listening) process.exit(0);
  process.emit('SIGINT');
  if (process.connected) process.disconnect();
  setTimeout(() => process.exit(1), endWithinMs).unref();
}

process.once('SIGTERM', end).once('disconnect', end);

const entry = 'azurite/dist/src/table/main.js';
const require = createRequire(import.meta.url);
const requireOfAzurite = createRequire(require.resolve(entry));
// Azurite loads this client even when telemetry is off, and then never uses it. Loading it takes two thirds of the
// start, so an empty module takes its place; with telemetry on, Azurite logs that it cannot start it.
const telemetryClient = requireOfAzurite.resolve('applicationinsights');
require.cache[telemetryClient] = Object.assign(new Module(telemetryClient), { loaded: true });
// The table service uses these for OAuth, a debug log, and HTTP clients of other services: a quarter of the rest.
for (const name of ['jsonwebtoken', 'winston', 'xml2js', 'uri-templates']) loadOnUse(requireOfAzurite, name);
const requireOfRest = createRequire(requireOfAzurite.resolve('@azure/ms-rest-js'));
for (const name of ['form-data', 'node-fetch', 'tunnel', 'xml2js']) loadOnUse(requireOfRest, name);
require(entry);

/** Lets `require` return a stand-in for a module, which loads the module when a member of it is read or it is called. */
function loadOnUse(requireOf: NodeJS.Require, name: string): void {
  const path = requireOf.resolve(name);
  const load = () => {
    if (require.cache[path] === later) delete require.cache[path];
    return requireOf(name);
  };
  const standIn: object = new Proxy(notLoaded, {
    // Compiled imports ask for these two before they use a member.
    get: (_, member) => member === '__esModule' || (member === 'default' ? standIn : load()[member]),
    apply: (_, self, args) => Reflect.apply(load(), self, args),
    construct: (_, args) => Reflect.construct(load(), args),
  });
  const later = Object.assign(new Module(path), { loaded: true, exports: standIn });
  require.cache[path] = later;
}

/** What the stand-ins are made of: a function that can be called, and constructed. */
function notLoaded(): void {}
