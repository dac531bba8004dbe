/** A Partner Center of the test on a free port: it records every request with its bytes and responds as the test says. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Received {
  method: string;
  /** The request target as it came. */
  target: string;
  /** Names and values in turn. */
  rawHeaders: string[];
  headers: IncomingMessage['headers'];
  body: Buffer;
}

export type Respond = (response: ServerResponse, request: Received) => void;

export interface UpstreamServer {
  url: string;
  port: number;
  received: Received[];
  /** How many connections were opened. */
  connections: () => number;
  /** What the next requests are answered with. */
  respond: (how: Respond) => void;
  stop: () => Promise<void>;
}

const plain: Respond = (response) => {
  response.writeHead(200, { 'Content-Type': 'application/json' }).end('{"a":1}');
};

/** Starts the server. */
export async function startUpstream(): Promise<UpstreamServer> {
  const received: Received[] = [];
  let how = plain;
  let connections = 0;
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const one = {
      method: request.method ?? '',
      target: request.url ?? '',
      rawHeaders: request.rawHeaders,
      headers: request.headers,
      body: Buffer.concat(chunks),
    };
    received.push(one);
    how(response, one);
  });
  server.on('connection', () => connections++);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    received,
    connections: () => connections,
    respond: (next) => {
      how = next;
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
