/**
 * Runs an operation inside a span. Without an SDK, the operation just runs. An error marks the span as failed with its
 * type only: messages and stacks may contain what a caller sent.
 */
import {
  type Attributes,
  context,
  type Link,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import { SCOPE } from './names.ts';
import { currentSpanContext } from './traceContext.ts';

export interface SpanStart {
  kind?: keyof typeof KINDS;
  attributes?: Attributes;
  /** The parent, instead of the current span; `none` begins another trace, linked to the current span. */
  parent?: SpanContext | 'none' | undefined;
  /** Spans of other traces that led to this one. */
  links?: readonly SpanContext[];
}

const KINDS = {
  internal: SpanKind.INTERNAL,
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
};

/** The span of an operation, as far as the operation may change it. */
export type OpenSpan = Pick<Span, 'setAttributes' | 'updateName' | 'spanContext'> & {
  /** Marks the span as failed, with the type of the error. */
  fail(type: string): void;
};

/** Runs an operation as the current span, and ends the span with it. */
export async function inSpan<Result>(
  name: string,
  { kind = 'internal', attributes = {}, parent, links = [] }: SpanStart,
  run: (span: OpenSpan) => Promise<Result>,
): Promise<Result> {
  const current = currentSpanContext();
  const isElsewhere = parent !== undefined && current !== undefined && parent !== current;
  const options = {
    kind: KINDS[kind],
    attributes,
    links: [...links, ...(isElsewhere ? [current] : [])].map((linked): Link => ({ context: linked })),
  };
  const tracer = trace.getTracer(SCOPE);
  return tracer.startActiveSpan(name, options, contextOf(parent), async (span) => {
    try {
      return await run(openSpan(span));
    } catch (error) {
      markFailed(span, errorType(error));
      throw error;
    } finally {
      span.end();
    }
  });
}

/** Adds attributes to the current span, if there is one. */
export function describeSpan(attributes: Attributes, name?: string): void {
  const span = trace.getActiveSpan();
  span?.setAttributes(attributes);
  if (name !== undefined) span?.updateName(name);
}

/** The type of an error, as `error.type`: the code that it has, else the name of its class. */
export function errorType(error: unknown): string {
  const { code, name } = (error ?? {}) as { code?: unknown; name?: unknown };
  const type = typeof code === 'string' ? code : name;
  return typeof type === 'string' && /^[\w.-]{1,64}$/.test(type) ? type : '_OTHER';
}

const contextOf = (parent: SpanStart['parent']) =>
  parent === undefined
    ? context.active()
    : parent === 'none'
      ? ROOT_CONTEXT
      : trace.setSpanContext(context.active(), parent);

const openSpan = (span: Span): OpenSpan => ({
  setAttributes: (attributes) => span.setAttributes(attributes),
  updateName: (name) => span.updateName(name),
  spanContext: () => span.spanContext(),
  fail: (type) => markFailed(span, type),
});

function markFailed(span: Span, type: string): void {
  span.setAttribute('error.type', type);
  span.setStatus({ code: SpanStatusCode.ERROR });
}
