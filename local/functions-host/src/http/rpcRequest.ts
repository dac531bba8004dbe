/**
 * Converts an incoming request to the worker's format without streaming. Guarantees what Azure sends: a body only
 * with Content-Length (a chunked upload arrives empty), header names in lower case, repeated headers and query
 * keys joined by a comma.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { NullableString, RpcHttp } from '../worker/rpcTypes.ts';
import { parseQuery } from './queryString.ts';
import { decodeHeader } from './requestLimits.ts';
import { encodePath, type RequestTarget } from './requestTarget.ts';

/** A request and its response. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly target: RequestTarget;
}

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
  const host = request.headers.host ?? 'localhost';
  return {
    method: request.method ?? 'GET',
    url: `http://${host}${encodePath(target.path)}${target.query.replaceAll('#', '%23')}`,
    nullableHeaders: toNullableValues(joinHeaders(request.rawHeaders)),
    nullableQuery: toNullableValues(parseQuery(target.query)),
    nullableParams: toNullableValues(Object.entries(parameters)),
    ...(body.length > 0 && { body: { bytes: body } }),
  };
}

function joinHeaders(rawHeaders: readonly string[]): Map<string, string> {
  const values = new Map<string, string>();
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = String(rawHeaders[index]).toLowerCase();
    const value = decodeHeader(String(rawHeaders[index + 1])) ?? '';
    const earlier = values.get(name);
    values.set(name, earlier === undefined ? value : `${earlier},${value}`);
  }
  return values;
}

function toNullableValues(values: Iterable<[string, string]>): Record<string, NullableString> {
  // No prototype: a header or query key may have any name, including `__proto__`.
  const nullable: Record<string, NullableString> = Object.create(null);
  for (const [name, value] of values) nullable[name] = { value };
  return nullable;
}
