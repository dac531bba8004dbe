/** A server that returns scripted responses in turn, and the gateway that calls it. */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach } from 'vitest';
import { partnerCenterGateway } from '../../../shared/orders/gateways/partnerCenter/gateway.ts';
import { orderRequests } from '../../../shared/orders/order.ts';
import { cartOf, KEY, line, NOW } from '../../support/samples.ts';
import { peerOf } from './deskFixture.ts';

export type Reply = { status: number; body?: unknown; headers?: Record<string, string> } | 'hang' | 'hang up';
export interface Seen {
  call: string;
  headers: IncomingMessage['headers'];
  body: string;
}

interface Circumstances {
  ambiguousSinceMs?: number;
  timeoutMs?: number;
  token?: () => Promise<string>;
  url?: string;
}

export const REQUEST_ID = 'abcdefab-1111-8111-8111-111111111111';
export const PATH = `/v1/customers/${KEY.customer}/orders`;
/** The order as Partner Center returns it. */
export const UPSTREAM_ORDER = {
  id: 'f76c6b7f449d',
  status: 'pending',
  creationDate: '2026-03-15T18:00:00Z',
  externalReference: REQUEST_ID,
  lineItems: [{ subscriptionId: 's1' }],
};

/** Statuses that leave open whether the order was made. */
export const AMBIGUOUS_STATUSES = [500, 501, 502, 503, 504, 520, 599, 408];

const [ORDER] = orderRequests(cartOf([line({ quantity: 2 })])).values();

/** Starts a server for each test of the file. */
export function scriptedServer() {
  let server: Server;
  let seen: Seen[];
  let replies: Reply[];
  const url = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  async function close() {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
  beforeEach(async () => {
    seen = [];
    replies = [];
    server = createServer(async (request, response) => {
      const body = Buffer.concat(await Array.fromAsync(request)).toString();
      seen.push({ call: `${request.method} ${request.url}`, headers: request.headers, body });
      const reply = replies.shift() ?? { status: 500 };
      if (reply === 'hang') return;
      if (reply === 'hang up') return void request.socket.destroy();
      response.writeHead(reply.status, { 'Content-Type': 'application/json', ...reply.headers });
      response.end(typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.body ?? {}));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterEach(close);

  return {
    url,
    close,
    seen: () => seen,
    /** Places the order; the server returns these responses. */
    place(
      script: Reply[],
      {
        ambiguousSinceMs,
        timeoutMs = 5_000,
        token = async () => 'T',
        url: address = url(),
      }: Circumstances = {},
    ) {
      replies.push(...script);
      const gateway = partnerCenterGateway({ ...peerOf(address), token, timeoutMs });
      const placement = {
        tenant: KEY.tenant,
        requestId: REQUEST_ID,
        order: ORDER!,
        nowMs: NOW,
        ambiguousSinceMs,
      };
      return gateway.place(placement);
    },
  };
}
