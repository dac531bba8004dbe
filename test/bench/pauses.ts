/** Pauses of processes, as `reportPauses.ts` prints them, and which of them a slow request waited for. */

export interface Pause {
  /** The process and the kind, such as `garbage collection of azurite`. */
  cause: string;
  /** Epoch milliseconds. */
  fromMs: number;
  toMs: number;
}

const KINDS: Record<string, string> = {
  gc: 'garbage collection of',
  busy: 'a busy event loop of',
};

/** The pause that a line of a process reports, if it does. */
export function pauseIn(process: string, line: string): Pause | undefined {
  const [, kind = '', from, took] = /pause: (gc|busy) from ([\d.]+) for ([\d.]+) ms/.exec(line) ?? [];
  if (!from) return undefined;
  const fromMs = Number(from);
  return { cause: `${KINDS[kind]} the ${process}`, fromMs, toMs: fromMs + Number(took) };
}

/** What most of a time was spent on waiting for: the cause with the longest overlap, if it is a quarter of the time. */
export function causeOf(fromMs: number, toMs: number, pauses: readonly Pause[]): string {
  const byCause = new Map<string, number>();
  for (const pause of pauses) {
    const overlapMs = Math.min(toMs, pause.toMs) - Math.max(fromMs, pause.fromMs);
    if (overlapMs > 0) byCause.set(pause.cause, (byCause.get(pause.cause) ?? 0) + overlapMs);
  }
  const [longest] = [...byCause].toSorted(([, some], [, others]) => others - some);
  return longest && longest[1] >= (toMs - fromMs) / 4 ? longest[0] : 'other requests';
}
