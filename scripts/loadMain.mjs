/**
 * Loads an app as the Functions worker does, and writes how much processor time that took and how many functions it
 * registered: `node loadMain.mjs ENTRY`, with the app settings as the environment.
 */
import Module from 'node:module';
import { pathToFileURL } from 'node:url';
// The worker talks to its host by gRPC, so this is loaded before any app.
import 'node:http2';

let functions = 0;
const disposable = { dispose() {} };
const core = {
  version: '3.12.0',
  hostVersion: '4.1037.0',
  registerFunction() {
    functions += 1;
    return disposable;
  },
  registerHook: () => disposable,
  setProgrammingModel() {},
  getProgrammingModel() {},
  log() {},
};
const load = Module.prototype.require;
Module.prototype.require = function (id) {
  return id === '@azure/functions-core' ? core : load.call(this, id);
};

const [, , entry] = process.argv;
const before = process.cpuUsage();
await import(pathToFileURL(entry).href);
const { user, system } = process.cpuUsage(before);
console.log(JSON.stringify({ cpuMs: (user + system) / 1_000, functions }));
process.exit(0);
