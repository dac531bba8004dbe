/**
 * Writes HTTP responses as the host does without streaming: headers from a map, cookies separately, the body as
 * one chunk. Guarantees 204 for a handler that returned nothing.
 */
import type { ServerResponse } from 'node:http';
import type { TypedData } from '../worker/rpcTypes.ts';
import { toSetCookie } from './setCookie.ts';

/** Writes a handler's return value; throws, before it sends anything, when the value cannot be written. */
export function writeFunctionResponse(
  response: ServerResponse,
  returned: TypedData | null | undefined,
): void {
  if (!returned || !('http' in returned)) {
    response.writeHead(204).end();
    return;
  }
  const { statusCode, headers = {}, cookies = [], body } = returned.http;
  const lines: string[] = [];
  for (const [name, value] of Object.entries(headers)) {
    // The host sets the framing headers.
    if (name !== 'content-length' && name !== 'transfer-encoding') lines.push(name, value);
  }
  for (const cookie of cookies) lines.push('set-cookie', toSetCookie(cookie));
  for (const text of lines) checkHeader(text);
  // Without Content-Length the body is chunked, as Kestrel sends it.
  response.writeHead(Number(statusCode), lines);
  response.end(body && 'bytes' in body ? body.bytes : undefined);
}

// Kestrel does not write other characters.
function checkHeader(text: string): void {
  if (/[^\t -~]/.test(text))
    throw new Error(`The response header '${text}' has a character that is not ASCII.`);
}

/** Writes a status without a body: a response of the host itself. */
export function writeStatus(response: ServerResponse, status: number): void {
  response.writeHead(status, { 'content-length': 0 }).end();
}
