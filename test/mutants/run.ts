/**
 * `npm run test:mutants [-- NAME…]`: applies one mutant at a time to a copy of the project and runs the suites that
 * should catch it. `-- --list` prints the mutants instead. The exit code is 0 when every mutant was caught, 1 when
 * one survived or a suite fails without a mutant, and 2 when the command line is wrong.
 */
import { parseArgs } from 'node:util';
import { type Copy, makeCopy } from './copy.ts';
import type { Mutant } from './mutant.ts';
import { MUTANTS } from './mutants.ts';
import { listOf, type Outcome, progressOf, resultsOf } from './table.ts';
import { sentenceOf, verdictOf } from './verdict.ts';

/** How many suites run at a time; most of them start processes. */
const WIDTH = 2;

const { names, isList } = readArguments();
const mutants = names.length === 0 ? MUTANTS : MUTANTS.filter(({ name }) => names.includes(name));
if (isList) console.log(listOf(mutants));
else process.exitCode = (await run()) ? 0 : 1;

function readArguments(): { names: string[]; isList: boolean } {
  try {
    const options = { list: { type: 'boolean', default: false } } as const;
    const { values, positionals } = parseArgs({ allowPositionals: true, options });
    const unknown = positionals.filter((name) => !MUTANTS.some((mutant) => mutant.name === name));
    if (unknown.length > 0)
      throw new Error(`Unknown mutant: ${unknown.join(', ')}. --list prints all mutants.`);
    return { names: positionals, isList: values.list };
  } catch (error) {
    console.error((error as Error).message);
    process.exit(2);
  }
}

/** Tries every selected mutant and reports; returns whether all were caught. */
async function run(): Promise<boolean> {
  const copies = await Promise.all(Array.from({ length: Math.min(WIDTH, mutants.length) }, makeCopy));
  const remove = () => Promise.all(copies.map((copy) => copy.remove()));
  process.once('SIGINT', () => void remove().then(() => process.exit(130)));
  try {
    const red = await suitesThatFail(copies);
    if (red.length > 0) {
      console.error(`These suites fail without a mutant: ${red.join(', ')}.`);
      return false;
    }
    console.log(`With a mutant, ${mutants.length} of them:`);
    const outcomes = await sideBySide(copies, mutants, judge, (_, outcome) => progressOf(outcome));
    console.log(`\n${resultsOf(outcomes)}\n`);
    const survivors = outcomes.filter(({ by }) => !by).map(({ mutant }) => mutant.name);
    if (survivors.length === 0) console.log(`All ${outcomes.length} mutants were caught.`);
    else console.error(`No test caught ${survivors.join(', ')}.`);
    return survivors.length === 0;
  } finally {
    await remove();
  }
}

/** The suites that fail without a mutant; such a suite catches nothing. */
async function suitesThatFail(copies: readonly Copy[]): Promise<string[]> {
  const suites = [...new Set(mutants.flatMap((mutant) => mutant.suites))];
  console.log(`Without a mutant, ${suites.length} suites:`);
  const verdicts = await sideBySide(
    copies,
    suites,
    (copy, suite) => verdictOf(copy.folder, suite),
    (suite, verdict) => `${suite}: ${sentenceOf(verdict)}`,
  );
  return suites.filter((_, n) => verdicts[n]?.kind !== 'green');
}

async function judge(copy: Copy, mutant: Mutant): Promise<Outcome> {
  const startMs = performance.now();
  const unclear: string[] = [];
  const outcome = (by?: Outcome['by']) => ({
    mutant,
    by,
    unclear,
    seconds: (performance.now() - startMs) / 1_000,
  });
  const restore = await copy.apply(mutant);
  try {
    for (const suite of mutant.suites) {
      const verdict = await verdictOf(copy.folder, suite);
      if (verdict.kind === 'caught') return outcome({ suite, ...verdict });
      if (verdict.kind === 'unclear') unclear.push(`${suite}: ${verdict.reason}`);
    }
    return outcome();
  } finally {
    await restore();
  }
}

/** Does the work for every item, one item at a time in each copy, and prints a line for each result. */
async function sideBySide<Item, Result>(
  copies: readonly Copy[],
  items: readonly Item[],
  work: (copy: Copy, item: Item) => Promise<Result>,
  lineOf: (item: Item, result: Result) => string,
): Promise<Result[]> {
  const results: Result[] = [];
  const left = [...items.entries()];
  let finished = 0;
  const lane = async (copy: Copy) => {
    for (let next = left.shift(); next; next = left.shift()) {
      const [n, item] = next;
      const result = await work(copy, item);
      results[n] = result;
      console.log(`[${++finished}/${items.length}] ${lineOf(item, result)}`);
    }
  };
  await Promise.all(copies.map(lane));
  return results;
}
