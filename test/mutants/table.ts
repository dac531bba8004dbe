/** What became of the faults, as a Markdown table. */
import { type Fault, kindOf } from './fault.ts';

export interface Outcome {
  fault: Fault;
  /** The suite and test that caught it; absent when it survived. */
  by?: { suite: string; test: string; said: string } | undefined;
  /** From planting to the verdict, in seconds. */
  seconds: number;
  /** Suites that said nothing, and why. */
  unclear: string[];
}

/** One line while the others are still at work. */
export function lineOf({ fault, by, seconds, unclear }: Outcome): string {
  const what = by ? `caught by ${by.suite} (${by.test}: ${by.said})` : 'SURVIVED';
  return [`${fault.name}: ${what} in ${Math.round(seconds)} s`, ...unclear].join('; ');
}

/** The table, in the order of the list. */
export function tableOf(outcomes: readonly Outcome[]): string {
  const rows = outcomes.map(({ fault, by, seconds }) => [
    fault.name,
    fault.costs,
    `\`${fault.file}\``,
    by ? `${kindOf(by.suite)}: \`${by.suite}\`` : '**nothing**',
    `${Math.round(seconds)} s`,
  ]);
  const lines = [
    ['fault', 'what would come of it', 'in', 'caught by', 'after'],
    Array(5).fill('---'),
    ...rows,
  ];
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
