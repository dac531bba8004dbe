/**
 * An incoming request as the worker gets it without streaming. It promises what Azure sends: a body only when
 * Content-Length announced one (a chunked upload arrives empty), header names in lower case, repeated headers
 * and query keys joined by a comma. It does not route or authorise.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { HttpData, NullableString } from '../worker/rpcTypes.ts';
import type { RequestTarget } from './requestTarget.ts';

/** One request and the answer to be. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly target: RequestTarget;
}

/** The limit of the host's HTTP server; `FUNCTIONS_REQUEST_BODY_SIZE_LIMIT` changes it there and here. */
export const defaultBodyLimitBytes = 104_857_600;

/** The bytes that Content-Length announces; 0 when there is none. */
export function bodyLength({ headers }: IncomingMessage): number {
  return Number(headers['content-length'] ?? 0);
}

/** The announced body, empty without Content-Length; rejects when the client goes away before its end. */
export function readBody(request: IncomingMessage): Promise<Uint8Array> {
  if (bodyLength(request) === 0) return Promise.resolve(new Uint8Array());
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)));
    request.on('close', () => {
      if (!request.complete) reject(new Error('The client went away before the end of its body.'));
    });
  });
}

/** The request in the worker's shape. */
export function toHttpData(
  { request, target }: Exchange,
  parameters: Readonly<Record<string, string>>,
  body: Uint8Array,
): HttpData {
  // A backslash would turn into a slash when the library parses the URL.
  const path = target.rawPath.replaceAll('\\', '%5C');
  return {
    method: request.method ?? 'GET',
    url: `http://${request.headers.host ?? 'localhost'}${path}${target.query}`,
    nullableHeaders: headersOf(request.rawHeaders),
    nullableQuery: target.query === '' ? {} : queryOf(new URLSearchParams(target.query)),
    nullableParams: parametersOf(parameters),
    ...(body.length > 0 && { body: { bytes: body } }),
  };
}

type Values = Record<string, NullableString>;

// No prototype: a header or query key may be called anything, `__proto__` included.
const noValues = (): Values => Object.create(null);

function add(values: Values, key: string, value: string): void {
  const earlier = values[key];
  values[key] = { value: earlier ? `${earlier.value},${value}` : value };
}

function headersOf(raw: readonly string[]): Values {
  const values = noValues();
  for (let index = 0; index + 1 < raw.length; index += 2) {
    add(values, String(raw[index]).toLowerCase(), String(raw[index + 1]));
  }
  return values;
}

// ASP.NET's query ignores the case of keys: `?a=1&A=2` is one key, spelled as it came first.
function queryOf(query: URLSearchParams): Values {
  const values = noValues();
  const spellings = new Map<string, string>();
  for (const [name, value] of query) {
    const folded = name.toLowerCase();
    const spelling = spellings.get(folded) ?? name;
    spellings.set(folded, spelling);
    add(values, spelling, value);
  }
  return values;
}

function parametersOf(parameters: Readonly<Record<string, string>>): Values {
  const values = noValues();
  for (const name in parameters) add(values, name, String(parameters[name]));
  return values;
}
