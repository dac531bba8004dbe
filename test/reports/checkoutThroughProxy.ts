/**
 * A checkout at the real `partnerCenter` gateway in front of the ordering desk, with a proxy between them that replaces
 * responses. The clock is the test's, so that retries and the list delay take no time.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import type { ScriptRequest } from '../../local/ordering-desk/script.ts';
import { createCart } from '../../shared/cart/createCart.ts';
import { requestCheckout } from '../../shared/checkout/requestCheckout.ts';
import { runAttempt } from '../../shared/checkout/runAttempt.ts';
import { uuidV8 } from '../../shared/ids.ts';
import { partnerCenterGateway } from '../../shared/orders/gateways/partnerCenter/gateway.ts';
import { openDesk, peerOf } from '../orders/partnerCenter/deskFixture.ts';
import { newWorld } from '../support/ports.ts';
import { CREATE, KEY, LIFECYCLE, NOW, RETRY, TWO_GROUPS } from '../support/samples.ts';

export interface Replaced {
  status: number;
  body: unknown;
  headers?: Record<string, string>;
}

/** Whether the desk receives a request whose response is replaced: after the order was made, or in its place. */
type Where = 'behind the desk' | 'before the desk';

/** Creates a cart of two order groups and checks it out; the first responses to orders are replaced. */
export async function checkoutWith(replaced: readonly Replaced[], where: Where, script: ScriptRequest = []) {
  const world = newWorld(NOW);
  const desk = await openDesk(() => world.nowMs);
  await desk.play(script);
  const left = [...replaced];
  const proxy = createServer(async (request, response) => {
    const body = Buffer.concat(await Array.fromAsync(request));
    const other = request.method === 'POST' ? left.shift() : undefined;
    const answer =
      other && where === 'before the desk' ? undefined : await forwarded(desk.url, request, body);
    return other
      ? sendReplaced(response, other)
      : response.writeHead(answer?.status ?? 500, { 'Content-Type': 'application/json' }).end(answer?.text);
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    proxy.closeAllConnections();
    proxy.close();
    await desk.close();
  });
  const url = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  world.gateway = partnerCenterGateway(peerOf(url, { nowMs: () => world.nowMs }));

  await createCart(world.ports, KEY, { lineItems: TWO_GROUPS }, CREATE);
  await requestCheckout(world.ports, KEY, { watchdogMs: LIFECYCLE.watchdogMs, uuidV8 });
  await deliverAll();
  const { checkout } = world.cart(KEY)?.cart ?? {};
  return {
    checkout,
    made: await desk.made(),
    seen: await desk.seen(),
    events: world.events.map(({ type }) => type),
    /** Checks the cart out again, and gives the orders that the desk has made by then. */
    async again() {
      await requestCheckout(world.ports, KEY, { watchdogMs: LIFECYCLE.watchdogMs, uuidV8 });
      await deliverAll();
      return desk.made();
    },
  };

  /** Runs each message at its time, until none is left. */
  async function deliverAll(): Promise<void> {
    for (let sent = world.sent.shift(); sent; sent = world.sent.shift()) {
      world.nowMs = Math.max(world.nowMs, sent.atMs ?? 0);
      await runAttempt(world.ports, sent.message, { retry: RETRY, watchdogMs: LIFECYCLE.watchdogMs });
    }
  }
}

async function forwarded(
  url: string,
  { method, url: path, headers }: IncomingMessage,
  body: Uint8Array<ArrayBuffer>,
) {
  const kept = ['authorization', 'content-type', 'ms-requestid', 'ms-correlationid'];
  const response = await fetch(`${url}${path}`, {
    method: method ?? 'GET',
    headers: Object.entries(headers).flatMap(([name, value]): [string, string][] =>
      kept.includes(name) ? [[name, String(value)]] : [],
    ),
    ...(method === 'GET' ? {} : { body }),
  });
  return { status: response.status, text: await response.text() };
}

function sendReplaced(response: ServerResponse, { status, body, headers }: Replaced): void {
  const isText = typeof body === 'string';
  response
    .writeHead(status, { 'Content-Type': isText ? 'text/html' : 'application/json', ...headers })
    .end(isText ? body : JSON.stringify(body));
}
