/**
 * The desk's error answers in the two shapes that Partner Center has: its own faults, and the throttling
 * answer of the gateway in front of it. It decides nothing: status, code and text come in.
 */
import type { JsonAnswer } from '../http/serveJson.ts';
import type { Refusal } from './script.ts';

/** A fault in Partner Center's shape. */
export function fault(status: number, code: string, description: string): JsonAnswer {
  return {
    status,
    body: { code, description: description.slice(0, 1024), data: [], source: 'OrderingDesk' },
  };
}

/** The refusal that a rule asks for; a 429 without a code of its own comes in the throttling shape. */
export function refuse({ status, code, description, retryAfterSeconds }: Refusal): JsonAnswer {
  const text = description ?? 'The desk was told to refuse this.';
  const throttled = status === 429 && code === undefined;
  const answer = throttled
    ? { status, body: { statusCode: status, message: text } }
    : fault(status, code ?? '800005', text);
  if (retryAfterSeconds === undefined) return answer;
  return { ...answer, headers: { 'Retry-After': String(retryAfterSeconds) } };
}
