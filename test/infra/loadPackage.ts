/**
 * A process that loads a deployment package as the Functions worker does and writes what it registered as JSON:
 * `node loadPackage.ts FOLDER`, with the app settings as the environment.
 */
import { loadApp } from '../../local/functions-host/src/worker/loadApp.ts';

const [folder = ''] = process.argv.slice(2);
process.chdir(folder);

const app = await loadApp(folder, {
  user: () => {},
  system: (message) => process.stderr.write(`${message}\n`),
});

const functions = [...app.functions.values()].map(({ metadata }) => {
  const trigger = Object.values(metadata.bindings).find(({ type }) => type.endsWith('Trigger'));
  return {
    name: metadata.name,
    trigger: trigger?.type,
    queue: (trigger as { queueName?: string })?.queueName,
  };
});
process.stdout.write(JSON.stringify(functions));
