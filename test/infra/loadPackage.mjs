/**
 * A process that loads a deployment package as the Functions worker does, then each part of it that loads on first use, and
 * writes what it registered as JSON:
 * `node loadPackage.mjs FOLDER`, with the app settings as the environment. It provides the one module that only a
 * worker can provide, and nothing of this repository. It is plain JavaScript: the environment has no compile cache, without
 * which Node loads a compiler to read TypeScript.
 */
import { readdirSync, readFileSync } from 'node:fs';
import Module from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

const registered = [];
const disposable = { dispose: () => {} };
const functionsCore = {
  version: '3.12.0',
  hostVersion: '4.1037.0',
  registerFunction: (metadata) => {
    registered.push(metadata);
    return disposable;
  },
  registerHook: () => disposable,
  setProgrammingModel: () => {},
  getProgrammingModel: () => undefined,
  log: () => {},
};

const load = Module.prototype.require;
Module.prototype.require = function (id) {
  return id === '@azure/functions-core' ? functionsCore : load.call(this, id);
};

const [folder = ''] = process.argv.slice(2);
process.chdir(folder);
const { main } = JSON.parse(readFileSync('package.json', 'utf8'));
await import(pathToFileURL(join(folder, main)).href);
for (const file of readdirSync(dirname(main)))
  await import(pathToFileURL(join(folder, dirname(main), file)).href);

const functions = registered.map(({ name, bindings }) => {
  const trigger = Object.values(bindings).find(({ type }) => type.endsWith('Trigger'));
  return { name, trigger: trigger?.type, queue: trigger?.queueName ?? trigger?.subscriptionName };
});
process.stdout.write(JSON.stringify(functions));
