/** A receiver of webhooks in the test: keeps what arrives, and responds as the test says. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';

export interface Received {
  method: string;
  headers: Record<string, string>;
  body: string;
}

export interface Receiver {
  url: string;
  received: Received[];
  /** The status of the next responses, in their order; then 204. */
  statuses: number[];
  /** Headers of every response. */
  headers: Record<string, string>;
  /** Body of every response. */
  text: string;
  /** The deliveries that the public package verifies with this secret, parsed. */
  verified(secret: string): Record<string, unknown>[];
  close(): Promise<void>;
}

/** Starts a receiver on a free port of the loopback. */
export async function startReceiver(): Promise<Receiver> {
  const received: Received[] = [];
  const statuses: number[] = [];
  const headers: Record<string, string> = {};
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    received.push({
      method: request.method ?? '',
      headers: request.headers as Record<string, string>,
      body: Buffer.concat(chunks).toString('utf8'),
    });
    const status = request.method === 'OPTIONS' ? 200 : (statuses.shift() ?? 204);
    response.writeHead(status, headers).end(receiver.text);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const receiver: Receiver = {
    url: `http://127.0.0.1:${port}/hook`,
    received,
    statuses,
    headers,
    text: '',
    verified: (secret) =>
      received.flatMap(({ method, headers: sent, body }) => {
        if (method !== 'POST') return [];
        return [new Webhook(secret).verify(body, sent) as Record<string, unknown>];
      }),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
  return receiver;
}
