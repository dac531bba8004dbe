/**
 * A minute of requests at 32 in flight, and what the slowest ones waited for: every process reports its pauses, and a
 * request is assigned to the pauses that lie within it.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type LoadResult, runLoad } from './load.ts';
import { requestsOf } from './measure.ts';
import { causeOf, type Pause, pauseIn } from './pauses.ts';
import type { Operation } from './scenarios.ts';
import { type Stand, startStand } from './stand.ts';
import { percentile } from './statistics.ts';
import { type Finding, type Study, withForeignLoad } from './study.ts';

const IN_FLIGHT = 32;
const CARTS = 2_000;
/** The goal: the slowest percent of requests takes at most so many times the median. */
const MAX_TAIL = 4;

export const MINUTES: Study[] = (['create', 'get', 'replace'] as const).map((operation) => ({
  name: `a minute of ${operation}`,
  run: ({ scale }) => measureFor(operation, 60_000 * scale),
}));

export const SOAK: Study = {
  name: 'soak, ten minutes of replace',
  run: ({ scale }) => measureFor('replace', 600_000 * scale),
};

async function measureFor(operation: Operation, durationMs: number): Promise<Finding[]> {
  const pauses: Pause[] = [];
  const preload = `--import=${join(import.meta.dirname, 'reportPauses.ts')}`;
  const stand = await startStand({
    nodeOptions: preload,
    onOutput(name, line) {
      const pause = pauseIn(name, line);
      if (pause) pauses.push(pause);
    },
  });
  try {
    const requests = await requestsOf(stand, { operation, lines: 1, count: CARTS });
    const memoryBefore = residentMiB(stand);
    const { result, foreign } = await withForeignLoad(stand.pids, () =>
      runLoad({
        url: stand.stack.url,
        token: stand.token,
        inFlight: IN_FLIGHT,
        untilMs: performance.now() + durationMs,
        count: Number.POSITIVE_INFINITY,
        request: (n) => requests(n % CARTS),
        status: operation === 'get' ? 200 : 201,
      }),
    );
    return [
      ...latencyFindings(result, pauses, foreign),
      {
        what: 'memory of the host, at the end and at the begin',
        service: [residentMiB(stand)],
        bare: [memoryBefore],
        unit: 'MiB',
        digits: 0,
        foreign,
      },
    ];
  } finally {
    await stand.stop();
  }
}

/** The resident memory of the host. */
function residentMiB({ stack }: Stand): number {
  const status = readFileSync(`/proc/${stack.processes.host?.pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) / 1_024;
}

/** Median, tail, and the causes of the slowest requests. */
function latencyFindings(
  { latenciesMs, beganMs }: LoadResult,
  pauses: readonly Pause[],
  foreign: number,
): Finding[] {
  const finding = (what: string, value: number, unit: string, digits = 1): Finding => ({
    what,
    service: [value],
    unit,
    digits,
    foreign,
  });
  const p50Ms = percentile(latenciesMs, 0.5);
  const p99Ms = percentile(latenciesMs, 0.99);
  const slow = latenciesMs.flatMap((ms, n) =>
    ms > p99Ms ? [{ fromMs: performance.timeOrigin + (beganMs[n] ?? 0), ms }] : [],
  );
  const causes = slow.map(({ fromMs, ms }) => causeOf(fromMs, fromMs + ms, pauses));
  return [
    finding('requests', latenciesMs.length, '', 0),
    finding('median', p50Ms, 'ms'),
    finding('99th percentile', p99Ms, 'ms'),
    finding('slowest', percentile(latenciesMs, 1), 'ms'),
    { ...finding('99th percentile ÷ median', p99Ms / p50Ms, '', 2), goal: { is: 'atMost', limit: MAX_TAIL } },
    ...[...Map.groupBy(causes, (cause) => cause)]
      .toSorted(([, some], [, others]) => others.length - some.length)
      .map(([cause, { length }]) =>
        finding(`of the slowest percent, waited most for ${cause}`, (100 * length) / slow.length, '%', 0),
      ),
  ];
}
