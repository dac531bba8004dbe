/**
 * `npm run demo` runs an end-to-end demo on a separate local stack, with days shortened to seconds. Three storefronts
 * create carts in the dialects of three SDKs. One cart is replaced, two are checked out (one of them through two failures
 * of the ordering desk), and one expires, of which a webhook receives a signed notice. Then each storefront goes from
 * product to order: what is not about carts is passed through to the ordering desk. The exit code is 0 only when every
 * check passed.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { readLedger } from '../ordering-desk/ledger.ts';
import { shutdownSignal } from '../stack/shutdown.ts';
import type { Stack } from '../stack/stack.ts';
import { startStack } from '../stack/start.ts';
import { dialects } from './dialects.ts';
import { type CartEvent, subscribe } from './events.ts';
import { check, print, section } from './output.ts';
import { fromProductToOrder, pascalCase } from './productToOrder.ts';
import { type SendRequest, storefront } from './storefront.ts';
import { registerWebhook } from './webhook.ts';

const CUSTOMER = 'd6bf25b7-e0a8-4f2d-a31b-97b55cfc774d';
const CARTS = `/v1/customers/${CUSTOMER}/carts`;
const TIMEOUT_MS = 45_000;

const SETTINGS = {
  SWEEP_SCHEDULE: '* * * * * *',
  CART_LIFETIME: 'PT14S',
  EXPIRY_NOTICES: 'PT8S,PT4S',
  CHECKOUT_RETRY_BASE: 'PT1S',
  ORDER_GATEWAY: 'partnerCenter',
};

async function runDemo(running: Stack): Promise<void> {
  const token = await running.token({ user: '2713ccd7-ea3b-470a-9cfb-451d5d0482cc' });
  const topic = subscribe(running.serviceBusConnection);
  await runSteps(running, token, topic.received).finally(topic.close);
}

async function runSteps(running: Stack, token: string, received: CartEvent[]): Promise<void> {
  const dotnet = storefront(running, token, dialects.dotnet);
  const java = storefront(running, token, dialects.java);
  const powershell = storefront(running, token, dialects.powershell);

  section('A storefront registers a webhook');
  const webhook = await registerWebhook(powershell, ['cart-expired']);

  section('Three storefronts create carts, each in the dialect of its SDK');
  const expiring = await create(powershell, dialects.powershell.cart);
  const plain = await create(dotnet, dialects.dotnet.cart);
  const mixed = await create(java, dialects.java.cart);

  section('The first cart is replaced');
  const updated = await dotnet('PUT', `${CARTS}/${plain}`, { body: withQuantity(3) });
  check(
    updated.status === 201 && updated.body.lineItems?.[0]?.quantity === 3,
    'the cart contains the new quantity',
  );

  section('The first cart is checked out');
  const ordered = await dotnet('POST', `${CARTS}/${plain}/checkout`, { body: 'success' });
  check(ordered.status === 201 && ordered.body.orders?.length === 1, 'one order group, one order');

  section('The second cart is checked out while the ordering desk fails twice');
  await failTwice(running);
  await checkOutAsync(java, mixed);
  const ledger = await readLedger(running.deskLedgerFile ?? '');
  check(
    ledger.length === 3,
    `the ledger of the ordering desk has ${ledger.length} orders, one per order group`,
  );

  section('The third cart expires, after two notifications');
  await waitForEvent(received, expiring, 'cart.expired.v1');
  const events = received
    .filter(({ data }) => data.cartId === expiring)
    .map(({ type, data }) => `${type} ${data.threshold ?? ''}`.trim());
  check(
    events.join(', ') === 'cart.expiring.v1 PT8S, cart.expiring.v1 PT4S, cart.expired.v1',
    `each event was published once: ${events.join(', ')}`,
  );
  const isNotified = () =>
    webhook.received.some(({ problem, body }) => problem === undefined && body.includes(expiring));
  await waitUntil(isNotified, 'the webhook received a signed notice of the expired cart');
  await webhook.close();
  const gone = await powershell('GET', `${CARTS}/${expiring}`);
  check(gone.status === 404 && gone.body.code === '800008', 'the expired cart returns 404');

  section('The same storefronts use one base URL for everything: from product to order');
  await fromProductToOrder(dotnet, pascalCase);
  await fromProductToOrder(java, (name) => name);
  await fromProductToOrder(powershell, pascalCase);
  console.log('\nAll checks passed.');
}

async function create(send: SendRequest, cart: object): Promise<string> {
  const { status, body } = await send('POST', CARTS, { body: cart });
  check(status === 201 && body.id !== undefined, `cart ${body.id}`);
  return body.id;
}

const withQuantity = (quantity: number) => ({
  LineItems: dialects.dotnet.cart.LineItems.map((item) => ({ ...item, Quantity: quantity })),
});

async function failTwice({ deskUrl }: Stack): Promise<void> {
  const rules = [
    {
      match: { billingCycle: 'monthly' },
      times: 2,
      answer: { status: 503, description: 'The ordering desk is not available.' },
    },
  ];
  await fetch(`${deskUrl}/desk/script`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(rules),
  });
}

/** Requests the checkout with respond-async and prints its progress. */
async function checkOutAsync(send: SendRequest, cartId: string): Promise<void> {
  const path = `${CARTS}/${cartId}/checkout`;
  const accepted = await send('POST', path, { headers: { Prefer: 'respond-async' }, body: 'success' });
  check(accepted.status === 202, 'accepted: the checkout runs from the queue');
  let shown = '';
  for (const deadline = Date.now() + TIMEOUT_MS; Date.now() < deadline; await pause(50)) {
    const { body } = await send('GET', path, { quiet: true });
    const line = `attempts ${body.attempts}, ${body.status}${body.nextAttemptTimestamp ? `, next at ${body.nextAttemptTimestamp}: ${body.lastError?.description}` : ''}`;
    if (line !== shown) print(`… ${line}`);
    shown = line;
    if (body.status === 'running') continue;
    check(
      body.status === 'ordered' && body.attempts === 3 && body.orders?.length === 2,
      'third attempt, two orders',
    );
    return;
  }
  check(false, 'the checkout completed in time');
}

async function waitForEvent(received: CartEvent[], cartId: string, type: string): Promise<void> {
  const hasArrived = () => received.some((event) => event.type === type && event.data.cartId === cartId);
  await waitUntil(hasArrived, `${type} was received`);
}

async function waitUntil(condition: () => boolean, what: string): Promise<void> {
  const deadline = Date.now() + TIMEOUT_MS;
  while (!condition() && Date.now() < deadline) await pause(50);
  check(condition(), what);
}

const dataFolder = await mkdtemp(join(tmpdir(), 'cartwright-demo-'));
const cleanUp = () => rm(dataFolder, { recursive: true, force: true });
const signal = shutdownSignal((line) => console.error(line));
let stack: Stack | undefined;
// A start that is interrupted rejects; later, the demo ends as soon as its stack has stopped.
signal.addEventListener('abort', async () => {
  if (stack === undefined) return;
  await stack.stop();
  await cleanUp();
  process.exit(1);
});
try {
  section('Start: Azurite, Service Bus emulator, ordering desk, functions host');
  stack = await startStack({ dataFolder, azurite: 'memory', desk: true, settings: SETTINGS, signal });
  print(`ready at ${stack.url} with ${stack.functions.length} functions`);
  await runDemo(stack);
} catch (error) {
  // Without its stack, a demo that was interrupted fails too.
  if (!signal.aborted) console.error(`\n${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
} finally {
  await stack?.stop();
  await cleanUp();
}
