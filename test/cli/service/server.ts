/** A server on this machine that gives scripted replies, one a request, and records what it received. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

export type Reply = (response: ServerResponse) => void;

export interface Received {
  request: string;
  id: unknown;
  body: string;
  authorization: unknown;
}

/** Drops the connection without a reply. */
export const cut: Reply = (response) => response.destroy();

export const reply =
  (status: number, body: unknown = {}, headers = {}): Reply =>
  (response) =>
    response.writeHead(status, headers).end(typeof body === 'string' ? body : JSON.stringify(body));

/** Replies in this order, and drops every connection after the last. */
export async function serve(replies: Reply[]): Promise<{ url: string; received: Received[] }> {
  const received: Received[] = [];
  const server = createServer(async (request: IncomingMessage, response: ServerResponse) => {
    const { 'ms-requestid': id, authorization } = request.headers;
    const body = (await request.toArray()).join('');
    received.push({ request: `${request.method} ${request.url}`, id, body, authorization });
    (replies.shift() ?? cut)(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, received };
}
