/**
 * `npm run demo`: the main job, end to end, on a fresh stack of its own with days shortened to seconds. Three
 * storefronts create carts in three dialects, one is updated, two are checked out (one through two failures of
 * the ordering desk), and one is left to expire. Exit code 0 only if everything it tells has happened.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { readLedger } from '../ordering-desk/ledger.ts';
import type { Stack } from '../stack/stack.ts';
import { startStack } from '../stack/start.ts';
import { chapter, claim, say } from './account.ts';
import { dialects } from './dialects.ts';
import { type CartEvent, listen } from './events.ts';
import { type Ask, storefront } from './storefront.ts';

const CUSTOMER = 'd6bf25b7-e0a8-4f2d-a31b-97b55cfc774d';
const CARTS = `/v1/customers/${CUSTOMER}/carts`;
const PATIENCE_MS = 45_000;

const SETTINGS = {
  SWEEP_SCHEDULE: '* * * * * *',
  CART_LIFETIME: 'PT14S',
  EXPIRY_NOTICES: 'PT8S,PT4S',
  CHECKOUT_RETRY_BASE: 'PT1S',
  ORDER_GATEWAY: 'partnerCenter',
};

async function demonstrate(running: Stack): Promise<void> {
  const token = await running.token({ user: '2713ccd7-ea3b-470a-9cfb-451d5d0482cc' });
  const topic = listen(running.serviceBusConnection);
  await tell(running, token, topic.heard).finally(topic.close);
}

async function tell(running: Stack, token: string, heard: CartEvent[]): Promise<void> {
  const dotnet = storefront(running, token, dialects.dotnet);
  const java = storefront(running, token, dialects.java);
  const powershell = storefront(running, token, dialects.powershell);

  chapter('Three storefronts create carts, each in the spelling of its SDK');
  const left = await create(powershell, dialects.powershell.cart);
  const plain = await create(dotnet, dialects.dotnet.cart);
  const mixed = await create(java, dialects.java.cart);

  chapter('One is updated');
  const updated = await dotnet('PUT', `${CARTS}/${plain}`, { body: withQuantity(3) });
  claim(updated.status === 201 && updated.body.lineItems?.[0]?.quantity === 3, 'the cart holds what was put');

  chapter('It is checked out');
  const ordered = await dotnet('POST', `${CARTS}/${plain}/checkout`, { body: 'success' });
  claim(ordered.status === 201 && ordered.body.orders?.length === 1, 'one order group, one order');

  chapter('The other is checked out while the ordering desk turns away twice');
  await turnAwayTwice(running);
  await checkOutPatiently(java, mixed);
  const ledger = await readLedger(running.deskLedgerFile ?? '');
  claim(
    ledger.length === 3,
    `the desk's own ledger has ${ledger.length} orders: one per order group, none twice`,
  );

  chapter('The third is left alone; its customer is told before it expires');
  await hear(heard, left, 'cart.expired');
  const told = heard
    .filter(({ data }) => data.cartId === left)
    .map(({ type, data }) => `${type} ${data.threshold ?? ''}`.trim());
  claim(
    told.join(', ') === 'cart.expiring PT8S, cart.expiring PT4S, cart.expired',
    `it was told, each once: ${told.join(', ')}`,
  );
  const gone = await powershell('GET', `${CARTS}/${left}`);
  claim(gone.status === 404 && gone.body.code === '800008', 'an expired cart is gone for its storefront');
  console.log('\nEverything told above has happened.');
}

async function create(ask: Ask, cart: object): Promise<string> {
  const { status, body } = await ask('POST', CARTS, { body: cart });
  claim(status === 201 && body.id !== undefined, `cart ${body.id}`);
  return body.id;
}

const withQuantity = (quantity: number) => ({
  LineItems: dialects.dotnet.cart.LineItems.map((item) => ({ ...item, Quantity: quantity })),
});

async function turnAwayTwice({ deskUrl }: Stack): Promise<void> {
  const rules = [
    {
      match: { billingCycle: 'monthly' },
      times: 2,
      answer: { status: 503, description: 'The desk is closed.' },
    },
  ];
  await fetch(`${deskUrl}/desk/script`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(rules),
  });
}

/** Asks without waiting, then shows the progress as it changes. */
async function checkOutPatiently(ask: Ask, cartId: string): Promise<void> {
  const path = `${CARTS}/${cartId}/checkout`;
  const accepted = await ask('POST', path, { headers: { Prefer: 'respond-async' }, body: 'success' });
  claim(accepted.status === 202, 'accepted; the checkout runs from the queue');
  let shown = '';
  for (const deadline = Date.now() + PATIENCE_MS; Date.now() < deadline; await pause(50)) {
    const { body } = await ask('GET', path, { quiet: true });
    const line = `attempts ${body.attempts}, ${body.status}${body.nextAttemptTimestamp ? `, next at ${body.nextAttemptTimestamp}: ${body.lastError?.description}` : ''}`;
    if (line !== shown) say(`… ${line}`);
    shown = line;
    if (body.status === 'running') continue;
    claim(
      body.status === 'ordered' && body.attempts === 3 && body.orders?.length === 2,
      'third attempt, two orders',
    );
    return;
  }
  claim(false, 'the checkout ended in time');
}

async function hear(heard: CartEvent[], cartId: string, type: string): Promise<void> {
  for (const deadline = Date.now() + PATIENCE_MS; Date.now() < deadline; await pause(50)) {
    if (heard.some((event) => event.type === type && event.data.cartId === cartId)) return;
  }
  claim(false, `${type} was heard`);
}

const dataFolder = await mkdtemp(join(tmpdir(), 'cartwright-demo-'));
let stack: Stack | undefined;
try {
  chapter('Start: Azurite, Service Bus emulator, ordering desk, functions host');
  stack = await startStack({ dataFolder, azurite: 'memory', desk: true, settings: SETTINGS });
  say(`ready at ${stack.url} with ${stack.functions.length} functions`);
  await demonstrate(stack);
} catch (error) {
  console.error(`\n${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
} finally {
  await stack?.stop();
  await rm(dataFolder, { recursive: true, force: true });
}
