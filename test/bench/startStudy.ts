/** The start of a process: how long the bundle loads, and the first request of a new host. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { runLoad } from './load.ts';
import { createRequest } from './measure.ts';
import { type Stand, startStand } from './stand.ts';
import { type Finding, foreignLoadNow, type Study, withForeignLoad } from './study.ts';

const folder = join(import.meta.dirname, '../..');
const run = promisify(execFile);

export const START: Study = { name: 'start', run: ({ rounds }) => measureStart(rounds) };

async function measureStart(rounds: number): Promise<Finding[]> {
  const stand = await startStand();
  try {
    const load: Finding = {
      what: 'load of the bundle, and of the storage SDK alone',
      service: [],
      bare: [],
      unit: 'ms',
      digits: 0,
      foreign: 0,
    };
    const first: Finding = {
      what: 'first request of a new host',
      service: [],
      unit: 'ms',
      digits: 0,
      foreign: 0,
    };
    for (let round = 0; round < rounds; round++) {
      load.foreign = Math.max(load.foreign, await foreignLoadNow());
      load.service.push(await loadMs(pathToFileURL(join(folder, 'dist/main.js')).href));
      load.bare?.push(await loadMs('@azure/data-tables'));
      await stand.stack.restart('host');
      const requested = await withForeignLoad(stand.pids, () => firstRequestMs(stand));
      first.service.push(requested.result);
      first.foreign = Math.max(first.foreign, requested.foreign);
    }
    return [load, first];
  } finally {
    await stand.stop();
  }
}

/** The time in which a new process imports a module, with the settings of the sample. */
async function loadMs(module: string): Promise<number> {
  const { Values } = JSON.parse(readFileSync(join(folder, 'local.settings.sample.json'), 'utf8')) as {
    Values: Record<string, string>;
  };
  const { stdout } = await run(process.execPath, [join(import.meta.dirname, 'loadMain.ts'), module], {
    cwd: folder,
    env: { ...process.env, ...Values },
  });
  return Number(/loaded in ([\d.]+) ms/.exec(stdout)?.[1]);
}

/** A create: it fetches the keys, connects to storage and loads what is loaded on first use. */
async function firstRequestMs({ stack, token }: Stand): Promise<number> {
  const { latenciesMs } = await runLoad({
    url: stack.url,
    token,
    inFlight: 1,
    count: 1,
    request: () => createRequest(1),
    status: 201,
  });
  return latenciesMs[0] ?? Number.NaN;
}
