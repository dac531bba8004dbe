/**
 * `npm run test:mutants [-- NAME…]`: plants faults one at a time in copies of the project and runs the suites that
 * should catch them. Ends with 0 when every one was caught, 1 when one survived, 2 when it was asked wrongly.
 */
import { runCommand } from '../../cli/commandLine.ts';
import { BadOption, Refused } from '../../cli/refused.ts';
import { type Copy, makeCopy } from './copy.ts';
import type { Fault } from './fault.ts';
import { FAULTS } from './faults.ts';
import { lineOf, type Outcome, tableOf } from './table.ts';
import { sentenceOf, verdictOf } from './verdict.ts';

/** How many suites run at a time; most of them start processes of their own. */
const WIDTH = 2;

await runCommand(async () => {
  const faults = asked(process.argv.slice(2));
  const copies = await Promise.all(Array.from({ length: Math.min(WIDTH, faults.length) }, makeCopy));
  const remove = () => Promise.all(copies.map((copy) => copy.remove()));
  process.once('SIGINT', () => void remove().then(() => process.exit(130)));
  try {
    await expectGreen(copies, faults);
    const outcomes = await judgeAll(copies, faults);
    console.log(`\n${tableOf(outcomes)}\n`);
    const survivors = outcomes.filter(({ by }) => !by).map(({ fault }) => fault.name);
    if (survivors.length > 0) throw new Refused(`Nothing caught ${survivors.join(', ')}.`);
    console.log(`All ${outcomes.length} faults were caught.`);
  } finally {
    await remove();
  }
});

function asked(names: readonly string[]): readonly Fault[] {
  const unknown = names.filter((name) => !FAULTS.some((fault) => fault.name === name));
  if (unknown.length > 0) throw new BadOption(`There is no fault ${unknown.join(', ')}.`);
  return names.length === 0 ? FAULTS : FAULTS.filter(({ name }) => names.includes(name));
}

/** A suite that fails without a fault catches nothing. */
async function expectGreen(copies: readonly Copy[], faults: readonly Fault[]): Promise<void> {
  const suites = [...new Set(faults.flatMap((fault) => fault.suites))];
  console.log(`Without a fault, ${suites.length} suites:`);
  const verdicts = await sideBySide(
    copies,
    suites,
    (copy, suite) => verdictOf(copy.folder, suite),
    (suite, verdict) => `${suite}: ${sentenceOf(verdict)}`,
  );
  const red = suites.filter((_, n) => verdicts[n]?.kind !== 'green');
  if (red.length > 0) throw new Refused(`Not green without a fault: ${red.join(', ')}.`);
}

function judgeAll(copies: readonly Copy[], faults: readonly Fault[]): Promise<Outcome[]> {
  console.log(`With a fault, ${faults.length} of them:`);
  return sideBySide(copies, faults, judge, (_, outcome) => lineOf(outcome));
}

async function judge(copy: Copy, fault: Fault): Promise<Outcome> {
  const began = performance.now();
  const unclear: string[] = [];
  const outcome = (by?: Outcome['by']) => ({
    fault,
    by,
    unclear,
    seconds: (performance.now() - began) / 1_000,
  });
  const mend = await copy.plant(fault);
  try {
    for (const suite of fault.suites) {
      const verdict = await verdictOf(copy.folder, suite);
      if (verdict.kind === 'caught') return outcome({ suite, ...verdict });
      if (verdict.kind === 'unclear') unclear.push(`${suite}: ${verdict.why}`);
    }
    return outcome();
  } finally {
    await mend();
  }
}

/** Does it for every item, one at a time in each copy, and says of each how it went. */
async function sideBySide<Item, Done>(
  copies: readonly Copy[],
  items: readonly Item[],
  work: (copy: Copy, item: Item) => Promise<Done>,
  say: (item: Item, done: Done) => string,
): Promise<Done[]> {
  const results: Done[] = [];
  const left = [...items.entries()];
  let ended = 0;
  const lane = async (copy: Copy) => {
    for (let next = left.shift(); next; next = left.shift()) {
      const [n, item] = next;
      const done = await work(copy, item);
      results[n] = done;
      console.log(`[${++ended}/${items.length}] ${say(item, done)}`);
    }
  };
  await Promise.all(copies.map(lane));
  return results;
}
