/**
 * Measures the service beside the bare storage client: rate, latency and CPU of each scenario, the studies, and the goals.
 *
 *   npm run bench                        everything but the soak, on a quiet machine: about 25 minutes
 *   npm run bench -- --only flight       scenarios and studies whose name contains the text
 *   npm run bench -- --only soak
 *   npm run bench -- --help              all options
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { availableParallelism, cpus } from 'node:os';
import { dirname } from 'node:path';
import { Command } from 'commander';
import { AZURE } from './azureStudy.ts';
import { BULKS } from './bulkStudy.ts';
import { goalResults, studyGoals } from './goals.ts';
import { HOST } from './hostStudy.ts';
import { type Measured, measure, warmUp } from './measure.ts';
import { MINUTES, SOAK } from './minuteStudy.ts';
import { STORAGE } from './operationsStudy.ts';
import { picture } from './picture.ts';
import { goalTable, scenarioTable, studyTable } from './report.ts';
import { SCENARIOS, type Scenario } from './scenarios.ts';
import { startStand } from './stand.ts';
import { START } from './startStudy.ts';
import type { StudyResult } from './study.ts';
import { SWEEPS } from './sweepStudy.ts';

const PAGE = 'docs/performance.md';
const STUDIES = [STORAGE, START, HOST, ...SWEEPS, ...BULKS, ...MINUTES, AZURE, SOAK];

interface Options {
  only: string;
  rounds: number;
  scale: number;
  json: string;
  picture: string;
  docs?: boolean;
  list?: boolean;
}

const { only, rounds, scale, docs, list, ...files } = new Command('npm run bench --')
  .description('Measures the service beside the bare storage client.')
  .option('--only <text>', 'measure only scenarios whose name contains this text', '')
  .option('--rounds <n>', 'pairs of runs for each scenario', Number, 5)
  .option('--scale <factor>', 'multiply the number of requests, such as 0.1 to try it out', Number, 1)
  .option('--json <file>', 'where to write the results', '.local/bench/result.json')
  .option('--picture <file>', 'where to write the picture', '.local/bench/result.svg')
  .option('--docs', 'write the results into docs/performance.md, with docs/performance.svg')
  .option('--list', 'list the scenarios and exit')
  .parse()
  .opts<Options>();

const scaled = ({ count, ...scenario }: Scenario): Scenario => ({
  ...scenario,
  count: Math.max(scenario.inFlight, Math.ceil(count * scale)),
});
const chosen = SCENARIOS.filter(({ name }) => name.includes(only)).map(scaled);
const studies = only
  ? STUDIES.filter(({ name }) => name.includes(only))
  : STUDIES.filter((study) => study !== SOAK);
if (chosen.length + studies.length === 0) {
  console.error(`Nothing has a name that contains "${only}". --list prints the names.`);
  process.exitCode = 2;
} else if (list) {
  const scenarios = chosen.map(({ name, count }) => `${name} (${count} requests a run)`);
  console.log([...scenarios, ...studies.map(({ name }) => name)].join('\n'));
} else {
  await run();
}

async function run(): Promise<void> {
  const measured = chosen.length > 0 ? await measureScenarios() : [];
  const results: StudyResult[] = [];
  for (const { name, run } of studies) {
    console.error(`${name} …`);
    results.push({ study: name, findings: await run({ rounds, scale }) });
  }
  const goals = [...goalResults(measured), ...studyGoals(results)];
  const tables = [
    ...(measured.length > 0 ? [scenarioTable(measured)] : []),
    ...(results.length > 0 ? [studyTable(results)] : []),
    goalTable(goals),
  ];
  console.log(tables.join('\n\n'));
  if (docs) await writePage(tables, measured);
  const machine = { cpu: cpus()[0]?.model, cores: availableParallelism(), node: process.version };
  const everything = { measuredAt: new Date().toISOString(), machine, measured, studies: results, goals };
  await write(files.json, JSON.stringify(everything, undefined, 1));
  await write(files.picture, picture(measured));
  console.log(`\nWritten: ${files.json}, ${files.picture}`);
}

async function measureScenarios(): Promise<Measured[]> {
  const stand = await startStand();
  const measured: Measured[] = [];
  try {
    for (const operation of new Set(chosen.map((scenario) => scenario.operation))) {
      console.error(`warming up: ${operation} …`);
      await warmUp(stand, operation, scale);
    }
    for (const scenario of chosen) {
      console.error(`${scenario.name} …`);
      measured.push(await measure(stand, scenario, rounds));
    }
  } finally {
    await stand.stop();
  }
  return measured;
}

/** Replaces the results in the documentation, between two comments. */
async function writePage(tables: readonly string[], measured: readonly Measured[]): Promise<void> {
  const when = new Date().toISOString().slice(0, 10);
  const machine = `${availableParallelism()} cores, ${cpus()[0]?.model}, Node ${process.version}, ${when}.`;
  const results = `${machine}\n\n![CPU and rate beside the bare client](performance.svg)\n\n\`\`\`text\n${tables.join('\n\n')}\n\`\`\``;
  const page = await readFile(PAGE, 'utf8');
  const [before, , after] = page.split(/(?<=<!-- results -->\n)|(?=<!-- \/results -->)/);
  await writeFile(PAGE, `${before}${results}\n${after}`);
  await write('docs/performance.svg', picture(measured));
}

async function write(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `${text}\n`);
}
