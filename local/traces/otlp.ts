/** Reads the JSON of OTLP, in which an OpenTelemetry SDK sends spans and metrics, into flat records. Pure. */

export interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly name: string;
  readonly kind: string;
  readonly beganMs: number;
  readonly endedMs: number;
  readonly attributes: Attributes;
  readonly isError: boolean;
  /** The ids of the spans that led to this one, in other traces. */
  readonly links: readonly string[];
}

export interface Point {
  readonly name: string;
  readonly unit: string;
  /** The value, or the number of values of a histogram. */
  readonly value: number;
  readonly attributes: Attributes;
}

export type Attributes = Readonly<Record<string, string | number | boolean>>;

interface OtlpAttribute {
  key: string;
  value: { stringValue?: string; intValue?: string | number; doubleValue?: number; boolValue?: boolean };
}

interface OtlpSpan {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  kind: number;
  startTimeUnixNano: string;
  endTimeUnixNano: string;
  attributes?: OtlpAttribute[];
  links?: { spanId: string }[];
  status?: { code?: number };
}

interface OtlpPoint {
  attributes?: OtlpAttribute[];
  asInt?: string | number;
  asDouble?: number;
  count?: string | number;
}

interface OtlpMetric {
  name: string;
  unit?: string;
  sum?: { dataPoints: OtlpPoint[] };
  gauge?: { dataPoints: OtlpPoint[] };
  histogram?: { dataPoints: OtlpPoint[] };
}

export interface TraceExport {
  resourceSpans?: { scopeSpans?: { spans?: OtlpSpan[] }[] }[];
}

export interface MetricExport {
  resourceMetrics?: { scopeMetrics?: { metrics?: OtlpMetric[] }[] }[];
}

const KINDS = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'];
const ERROR = 2;

/** The spans of an export. */
export function spansOf({ resourceSpans = [] }: TraceExport): Span[] {
  const spans = resourceSpans.flatMap(({ scopeSpans = [] }) =>
    scopeSpans.flatMap((scope) => scope.spans ?? []),
  );
  return spans.map((span) => ({
    traceId: span.traceId,
    spanId: span.spanId,
    parentSpanId: span.parentSpanId || undefined,
    name: span.name,
    kind: KINDS[span.kind] ?? String(span.kind),
    beganMs: Number(span.startTimeUnixNano) / 1e6,
    endedMs: Number(span.endTimeUnixNano) / 1e6,
    attributes: attributesOf(span.attributes),
    isError: span.status?.code === ERROR,
    links: (span.links ?? []).map(({ spanId }) => spanId),
  }));
}

/** The values of an export. */
export function pointsOf({ resourceMetrics = [] }: MetricExport): Point[] {
  const all = resourceMetrics.flatMap(({ scopeMetrics = [] }) =>
    scopeMetrics.flatMap(({ metrics = [] }) => metrics),
  );
  return all.flatMap(
    ({ name, unit = '', sum, gauge, histogram }) =>
      (sum ?? gauge ?? histogram)?.dataPoints.map(({ attributes, asInt, asDouble, count }) => ({
        name,
        unit,
        value: Number(asInt ?? asDouble ?? count ?? 0),
        attributes: attributesOf(attributes),
      })) ?? [],
  );
}

function attributesOf(attributes: readonly OtlpAttribute[] = []): Attributes {
  return Object.fromEntries(
    attributes.map(({ key, value: { stringValue, intValue, doubleValue, boolValue } }) => [
      key,
      stringValue ??
        (intValue === undefined ? undefined : Number(intValue)) ??
        doubleValue ??
        boolValue ??
        '',
    ]),
  );
}
