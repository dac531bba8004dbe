/** The results of a bench as text: a table of the scenarios, and the goals with their figures. */
import { bareUs, cpuBeyond, type GoalResult, hostUs, rateRatio } from './goals.ts';
import { foreignLoad, isClean, MAX_FOREIGN, type Measured, type Pair } from './measure.ts';
import { type Spread, spreadOf } from './statistics.ts';
import type { Finding, StudyResult } from './study.ts';

/** A column of the table: a figure of a pair of runs. */
interface Column {
  heading: string;
  figure: (pair: Pair, measured: Measured) => number;
  digits: number;
  /** Compares the service with the bare client, which needs runs without foreign load. */
  isRatio?: boolean;
}

const COLUMNS: Column[] = [
  { heading: 'service/s', figure: ({ service }) => service.ratePerSecond, digits: 0 },
  { heading: 'bare/s', figure: ({ bare }) => bare.ratePerSecond, digits: 0 },
  {
    heading: 'rate ÷',
    figure: (pair, { scenario }) => rateRatio(pair, scenario.operation),
    digits: 2,
    isRatio: true,
  },
  { heading: 'p50 ms', figure: ({ service }) => service.p50Ms, digits: 1 },
  { heading: 'p99 ms', figure: ({ service }) => service.p99Ms, digits: 1 },
  { heading: 'host µs', figure: ({ service }) => hostUs(service), digits: 0 },
  { heading: 'bare µs', figure: ({ bare }) => bareUs(bare), digits: 0 },
  {
    heading: 'beyond',
    figure: (pair, { scenario }) => cpuBeyond(pair, scenario.operation),
    digits: 2,
    isRatio: true,
  },
];

/** The scenarios with the median and the spread of each figure. */
export function scenarioTable(measured: readonly Measured[]): string {
  const header = ['scenario', ...COLUMNS.map(({ heading }) => heading), 'foreign load'];
  return table([header, ...measured.map(row)]);
}

function row(measured: Measured): string[] {
  const { scenario, pairs, spoiled } = measured;
  const isRatioKnown = isClean(measured);
  const cells = COLUMNS.map(({ figure, digits, isRatio }) => {
    if (isRatio && !isRatioKnown) return '–';
    const shown = isRatioKnown ? pairs : [...pairs, ...spoiled];
    return withSpread(spreadOf(shown.map((pair) => figure(pair, measured))), digits);
  });
  const { max } = spreadOf([...pairs, ...spoiled].map(foreignLoad));
  const verdict = isRatioKnown
    ? ''
    : `: no ratio, ${spoiled.length} of ${spoiled.length + pairs.length} runs spoiled`;
  return [scenario.name, ...cells, `${(100 * max).toFixed(0)} %${verdict}`];
}

/** The findings of studies; the ratio to the bare client only where no foreign load spoiled it. */
export function studyTable(results: readonly StudyResult[]): string {
  const rows = results.flatMap(({ study, findings }) =>
    findings.map((finding, n) => findingRow(n ? '' : study, finding)),
  );
  return table([['study', 'figure', 'service', 'bare', '÷', 'foreign load'], ...rows]);
}

function findingRow(study: string, { what, service, bare = [], unit, digits, foreign }: Finding): string[] {
  const [own, other] = [spreadOf(service), spreadOf(bare)];
  const isSpoiled = foreign > MAX_FOREIGN;
  const ratio = bare.length > 0 && !isSpoiled ? (own.median / other.median).toFixed(2) : '–';
  return [
    study,
    what,
    `${withSpread(own, digits)} ${unit}`.trimEnd(),
    withSpread(other, digits),
    ratio,
    `${(100 * foreign).toFixed(0)} %${isSpoiled && bare.length > 0 ? ': no ratio' : ''}`,
  ];
}

/** Each goal beside its figure. */
export function goalTable(results: readonly GoalResult[]): string {
  const rows = results.map(({ goal, figure, reached }) => [
    reached === undefined ? 'not measured' : reached ? 'reached' : 'MISSED',
    goal.text,
    `${goal.is === 'atMost' ? '≤' : '≥'} ${goal.limit}`,
    figure ? withSpread(figure, goal.limit >= 10 ? 1 : 2) : '–',
  ]);
  return table([['', 'goal', 'limit', 'measured'], ...rows]);
}

/** `4.2 (4.0–4.4)`: the median and the spread. */
function withSpread({ median, min, max }: Spread, digits: number): string {
  if (Number.isNaN(median)) return '–';
  const [middle, low, high] = [median, min, max].map((value) => value.toFixed(digits));
  return low === high ? `${middle}` : `${middle} (${low}–${high})`;
}

/** Columns of equal width, the first line underlined. */
function table(rows: readonly string[][]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((cells) => cells[column]?.length ?? 0)),
  );
  const lines = rows.map((cells) =>
    cells
      .map((cell, n) => cell.padEnd(widths[n] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  return lines.toSpliced(1, 0, widths.map((width) => '─'.repeat(width)).join('  ')).join('\n');
}
