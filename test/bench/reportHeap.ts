/** Loaded into the host of a bench: after every collection of all garbage, it says what is still alive. */
import { constants, type PerformanceEntry, PerformanceObserver } from 'node:perf_hooks';

new PerformanceObserver((list) => {
  if (!list.getEntries().some(isMajor)) return;
  const { heapUsed, rss } = process.memoryUsage();
  console.log(`heap after collection: ${heapUsed} of ${rss} bytes`);
}).observe({ entryTypes: ['gc'] });

function isMajor(entry: PerformanceEntry): boolean {
  const { detail } = entry as PerformanceEntry & { detail?: { kind?: number } };
  return detail?.kind === constants.NODE_PERFORMANCE_GC_MAJOR;
}
