/**
 * Records values of the metrics in `names.ts`. Without an SDK, recording does nothing. An instrument belongs to the
 * provider that was registered when it was made, so instruments are made again after the SDK has been loaded.
 */
import { type Attributes, type Meter, type MeterProvider, metrics } from '@opentelemetry/api';
import { type Dimensions, METRICS, type Metric, type MetricName, SCOPE } from './names.ts';

type Recorder = (value: number, attributes: Attributes) => void;

let bound: { provider: MeterProvider; recorders: Map<MetricName, Recorder> } | undefined;

/** Records one value: adds it to a counter, or sets a gauge, or counts it in a histogram. */
export function record<Name extends MetricName>(
  name: Name,
  value: number,
  dimensions: Dimensions<Name> = {},
): void {
  const provider = metrics.getMeterProvider();
  if (bound?.provider !== provider) bound = { provider, recorders: new Map() };
  const { recorders } = bound;
  const recorder = recorders.get(name) ?? recorderOf(provider.getMeter(SCOPE), METRICS[name]);
  recorders.set(name, recorder);
  recorder(value, dimensions);
}

function recorderOf(meter: Meter, { name, kind, unit, description, buckets }: Metric): Recorder {
  const options = { unit, description };
  switch (kind) {
    case 'counter': {
      const counter = meter.createCounter(name, options);
      return (value, attributes) => counter.add(value, attributes);
    }
    case 'gauge': {
      const gauge = meter.createGauge(name, options);
      return (value, attributes) => gauge.record(value, attributes);
    }
    case 'histogram': {
      const advice = buckets ? { advice: { explicitBucketBoundaries: [...buckets] } } : {};
      const histogram = meter.createHistogram(name, { ...options, ...advice });
      return (value, attributes) => histogram.record(value, attributes);
    }
  }
}
