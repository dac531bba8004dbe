/**
 * Converts an incoming request to the worker's format without streaming. Guarantees what Azure sends: a body only
 * with Content-Length (a chunked upload arrives empty), header names in lower case, repeated headers and query
 * keys joined by a comma.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { NullableString, RpcHttp } from '../worker/rpcTypes.ts';
import type { RequestTarget } from './requestTarget.ts';

/** A request and its response. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly target: RequestTarget;
}

/** The Azure host's default; `FUNCTIONS_REQUEST_BODY_SIZE_LIMIT` changes it. */
export const defaultMaxBodyBytes = 104_857_600;

/** The value of Content-Length in bytes; 0 when the header is absent. */
export function contentLength({ headers }: IncomingMessage): number {
  return Number(headers['content-length'] ?? 0);
}

/** Reads the body, empty without Content-Length; rejects when the client disconnects before its end. */
export function readBody(request: IncomingMessage): Promise<Uint8Array> {
  if (contentLength(request) === 0) return Promise.resolve(new Uint8Array());
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)));
    request.on('close', () => {
      if (!request.complete) reject(new Error('The client disconnected before the end of the body.'));
    });
  });
}

/** Converts a request to the worker's RpcHttp. */
export function toRpcHttp(
  { request, target }: Exchange,
  parameters: Readonly<Record<string, string>>,
  body: Uint8Array,
): RpcHttp {
  // The URL parser of @azure/functions would convert a backslash to a slash.
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

// No prototype: a header or query key may have any name, including `__proto__`.
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

// Query keys are case-insensitive in ASP.NET: `?a=1&A=2` is one key, with the case of its first occurrence.
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
