/** The ids of a request, which every response and every log line carries. */
import { randomUUID } from 'node:crypto';
import type { HttpRequest } from '@azure/functions';
import { guid } from './path.ts';

/** The ids of a request: as the client sent them, or generated. */
export interface Trace {
  requestId: string;
  /** Whether the client chose the request id: only then can a repeat carry the same one. */
  hasClientRequestId: boolean;
  correlationId: string;
  /** Correlation vector, Partner Center's third way to follow a call. */
  vector: string;
  locale: string;
}

const ID = /^[\x21-\x7e]{1,128}$/;
const LOCALE = /^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/;
const ZERO_GUID = '00000000-0000-0000-0000-000000000000';

/** Reads the ids of a request; one that is absent or unusable is generated (docs/contract.md 2.2, 2.3, 2.4). */
export function traceOf({ headers }: Pick<HttpRequest, 'headers'>): Trace {
  const header = (name: string, form: RegExp) => {
    const value = headers.get(name)?.trim() ?? '';
    return form.test(value) ? value : undefined;
  };
  const requestId = clientRequestId(headers.get('MS-RequestId'));
  return {
    requestId: requestId ?? randomUUID(),
    hasClientRequestId: requestId !== undefined,
    correlationId: header('MS-CorrelationId', ID) ?? randomUUID(),
    vector: header('MS-CV', ID) ?? newVector(),
    locale: header('X-Locale', LOCALE) ?? 'en-US',
  };
}

/** 16 base64 characters and the first position. Unique, not secret: `randomUUID` is faster than a call for random bytes. */
function newVector(): string {
  return `${Buffer.from(randomUUID().replaceAll('-', ''), 'hex').toString('base64', 0, 12)}.0`;
}

/**
 * A GUID as sent, with or without braces; other values name no call, and neither does the zero GUID, which is what an unset
 * GUID looks like in .NET. A header that a proxy has repeated arrives as a list of the same value.
 */
function clientRequestId(header: string | null): string | undefined {
  const [value = '', ...others] = new Set((header ?? '').split(',').map((one) => one.trim()));
  const id = callIdOf(value);
  return others.length > 0 || id === undefined || id === ZERO_GUID ? undefined : value;
}

/** A request id in one spelling: a repeat may spell it in another letter case. */
export const callIdOf = (requestId: string): string | undefined =>
  guid(requestId.replace(/^\{(.*)\}$/, '$1'));

/** The headers of every response (docs/contract.md 2.1). */
export function responseHeaders(trace: Trace): Record<string, string> {
  return {
    'MS-RequestId': trace.requestId,
    'MS-CorrelationId': trace.correlationId,
    'MS-CV': trace.vector,
    'MS-ServerId': '000001',
    'X-Locale': trace.locale,
  };
}
