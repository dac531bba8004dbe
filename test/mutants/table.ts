/** The list of mutants, and the results of a run, as Markdown tables. */
import { kindOf, type Mutant } from './mutant.ts';

export interface Outcome {
  mutant: Mutant;
  /** The suite and test that caught it; absent when it survived. */
  by?: { suite: string; test: string; message: string } | undefined;
  /** From applying the mutant to the verdict, in seconds. */
  seconds: number;
  /** Suites without a verdict, each with the reason. */
  unclear: string[];
}

/** One line of progress. */
export function progressOf({ mutant, by, seconds, unclear }: Outcome): string {
  const verdict = by ? `caught by ${by.suite} (${by.test}: ${by.message})` : 'SURVIVED';
  return [`${mutant.name}: ${verdict} in ${Math.round(seconds)} s`, ...unclear].join('; ');
}

/** Every mutant, what it would cost, and the suites that may catch it. */
export function listOf(mutants: readonly Mutant[]): string {
  const rows = mutants.map(({ name, consequence, suites }) => [
    name,
    consequence,
    suites.map(labelOf).join(', '),
  ]);
  return tableOf(['mutant', 'what it would cost', 'suites that catch it'], rows);
}

/** The results, in the order of the list. */
export function resultsOf(outcomes: readonly Outcome[]): string {
  const rows = outcomes.map(({ mutant, by, seconds }) => [
    mutant.name,
    mutant.consequence,
    `\`${mutant.file}\``,
    by ? labelOf(by.suite) : '**nothing**',
    `${Math.round(seconds)} s`,
  ]);
  return tableOf(['mutant', 'what it would cost', 'in', 'caught by', 'after'], rows);
}

const labelOf = (suite: string) => `${kindOf(suite)}: \`${suite}\``;

function tableOf(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
