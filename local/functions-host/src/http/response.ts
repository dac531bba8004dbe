/**
 * Writes what a handler returned, as the host does without streaming: headers from a map, cookies apart, the
 * body as one piece. It promises 204 for a handler that returned nothing. It decides nothing else.
 */
import type { ServerResponse } from 'node:http';
import type { TypedData } from '../worker/rpcTypes.ts';
import { toSetCookie } from './setCookie.ts';

/** Answers with a handler's return value; throws before a byte is sent when it cannot be written. */
export function writeAnswer(response: ServerResponse, returned: TypedData | null | undefined): void {
  if (!returned || !('http' in returned)) {
    response.writeHead(204).end();
    return;
  }
  const { statusCode, headers = {}, cookies = [], body } = returned.http;
  const lines: string[] = [];
  for (const [name, value] of Object.entries(headers)) {
    // Framing is the host's own affair.
    if (name !== 'content-length' && name !== 'transfer-encoding') lines.push(name, value);
  }
  for (const cookie of cookies) lines.push('set-cookie', toSetCookie(cookie));
  // Without a length it goes out chunked, as Kestrel sends it.
  response.writeHead(Number(statusCode), lines);
  response.end(body && 'bytes' in body ? body.bytes : undefined);
}

/** Answers with a bare status, as the host does in its own name. */
export function writeStatus(response: ServerResponse, status: number): void {
  response.writeHead(status, { 'content-length': 0 }).end();
}
