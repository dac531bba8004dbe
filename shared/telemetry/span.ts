/**
 * Runs an operation inside a span. Without an SDK, the operation just runs. An error marks the span as failed with its
 * type only: messages and stacks may contain what a caller sent.
 */
import type { Attributes, SpanContext } from '@opentelemetry/api';
import { recorder } from './recorder.ts';

export interface SpanStart {
  kind?: 'internal' | 'server' | 'client' | 'producer' | 'consumer';
  attributes?: Attributes;
  /** The parent, instead of the current span; `none` begins another trace, linked to the current span. */
  parent?: SpanContext | 'none' | undefined;
  /** Spans of other traces that led to this one. */
  links?: readonly SpanContext[];
}

/** The span of an operation, as far as the operation may change it. */
export interface OpenSpan {
  setAttributes(attributes: Attributes): void;
  /** Marks the span as failed, with the type of the error. */
  fail(type: string): void;
}

const NO_SPAN: OpenSpan = { setAttributes: () => undefined, fail: () => undefined };

/** Runs an operation as the current span, and ends the span with it. */
export async function inSpan<Result>(
  name: string,
  start: SpanStart,
  run: (span: OpenSpan) => Promise<Result>,
): Promise<Result> {
  const recording = recorder();
  return recording ? recording.inSpan(name, start, run) : run(NO_SPAN);
}

/** Adds attributes to the current span, if there is one, and renames it. The description is made only for a span. */
export function describeSpan(describe: () => { attributes: Attributes; name?: string | undefined }): void {
  const recording = recorder();
  if (!recording) return;
  const { attributes, name } = describe();
  recording.describeSpan(attributes, name);
}

/** The type of an error, as `error.type`: the code that it has, else the name of its class. */
export function errorType(error: unknown): string {
  const { code, name } = (error ?? {}) as { code?: unknown; name?: unknown };
  const type = typeof code === 'string' ? code : name;
  return typeof type === 'string' && /^[\w.-]{1,64}$/.test(type) ? type : '_OTHER';
}
