/**
 * Measures the service beside the bare storage client: rate, latency and CPU of each scenario, and the goals.
 *
 *   npm run bench                        every scenario; quiet machine, about ten minutes
 *   npm run bench -- --only create       the scenarios whose name contains the text
 *   npm run bench -- --help              all options
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { availableParallelism, cpus } from 'node:os';
import { dirname } from 'node:path';
import { Command } from 'commander';
import { goalResults } from './goals.ts';
import { type Measured, measure } from './measure.ts';
import { picture } from './picture.ts';
import { goalTable, scenarioTable } from './report.ts';
import { SCENARIOS, type Scenario } from './scenarios.ts';
import { startStand } from './stand.ts';

interface Options {
  only: string;
  rounds: number;
  scale: number;
  json: string;
  picture: string;
  list?: boolean;
}

const { only, rounds, scale, list, ...files } = new Command('npm run bench --')
  .description('Measures the service beside the bare storage client.')
  .option('--only <text>', 'measure only scenarios whose name contains this text', '')
  .option('--rounds <n>', 'pairs of runs for each scenario', Number, 5)
  .option('--scale <factor>', 'multiply the number of requests, such as 0.1 to try it out', Number, 1)
  .option('--json <file>', 'where to write the results', '.local/bench/result.json')
  .option('--picture <file>', 'where to write the picture', '.local/bench/result.svg')
  .option('--list', 'list the scenarios and exit')
  .parse()
  .opts<Options>();

const scaled = ({ count, ...scenario }: Scenario): Scenario => ({
  ...scenario,
  count: Math.max(scenario.inFlight, Math.ceil(count * scale)),
});
const chosen = SCENARIOS.filter(({ name }) => name.includes(only)).map(scaled);
if (list) console.log(chosen.map(({ name, count }) => `${name} (${count} requests a run)`).join('\n'));
else await run();

async function run(): Promise<void> {
  const stand = await startStand();
  const measured: Measured[] = [];
  try {
    for (const scenario of chosen) {
      console.error(`${scenario.name} …`);
      measured.push(await measure(stand, scenario, rounds));
    }
  } finally {
    await stand.stop();
  }
  const goals = goalResults(measured);
  const machine = { cpu: cpus()[0]?.model, cores: availableParallelism(), node: process.version };
  console.log(`${scenarioTable(measured)}\n\n${goalTable(goals)}`);
  await write(
    files.json,
    JSON.stringify({ measuredAt: new Date().toISOString(), machine, measured, goals }, undefined, 1),
  );
  await write(files.picture, picture(measured));
  console.log(`\nWritten: ${files.json}, ${files.picture}`);
}

async function write(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `${text}\n`);
}
