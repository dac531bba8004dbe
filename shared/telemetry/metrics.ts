/** Records values of the metrics in `names.ts`. Without an SDK, recording does nothing. */
import type { Dimensions, MetricName } from './names.ts';
import { recorder } from './recorder.ts';

/** Records one value: adds it to a counter, or sets a gauge, or counts it in a histogram. */
export function record<Name extends MetricName>(
  name: Name,
  value: number,
  dimensions: Dimensions<Name> = {},
): void {
  recorder()?.record(name, value, dimensions);
}
