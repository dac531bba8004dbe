/**
 * Loaded into the processes of a bench: prints when the garbage collector paused the process, and when one turn of its
 * event loop took long. Times are epoch milliseconds with fractions.
 */
import { PerformanceObserver, performance } from 'node:perf_hooks';

const MIN_GC_MS = 2;
const MIN_BUSY_MS = 20;
const PERIOD_MS = 10;

new PerformanceObserver((list) => {
  for (const { startTime, duration } of list.getEntries()) {
    if (duration >= MIN_GC_MS) print('gc', startTime, duration);
  }
}).observe({ entryTypes: ['gc'] });

let lastMs = performance.now();
setInterval(() => {
  const nowMs = performance.now();
  const busyMs = nowMs - lastMs - PERIOD_MS;
  if (busyMs >= MIN_BUSY_MS) print('busy', lastMs, busyMs);
  lastMs = nowMs;
}, PERIOD_MS).unref();

function print(kind: 'gc' | 'busy', startMs: number, tookMs: number): void {
  console.log(`pause: ${kind} from ${performance.timeOrigin + startMs} for ${tookMs} ms`);
}
