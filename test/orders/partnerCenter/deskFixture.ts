/** The gateway with a real ordering desk, for tests that check the orders in its ledger. */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type SeenRequest, startDesk } from '../../../local/ordering-desk/desk.ts';
import { readLedger } from '../../../local/ordering-desk/ledger.ts';
import type { ScriptRequest } from '../../../local/ordering-desk/script.ts';
import type { Placement } from '../../../shared/orders/gateway.ts';
import { MAX_PERMIT_WAIT_MS, type Peer } from '../../../shared/orders/gateways/partnerCenter/peer.ts';
import { orderRequests } from '../../../shared/orders/order.ts';
import { outboundLimiter } from '../../../shared/rateLimit/outboundLimiter.ts';
import { cartOf, KEY, line, MINUTE, NOW } from '../../support/samples.ts';

const [ORDER] = orderRequests(cartOf([line()])).values();

/** How long an order may be missing from the list. */
export const LIST_DELAY_MS = 20 * MINUTE;
/** The time of a call whose order, if it exists, is listed at `NOW`. */
export const LONG_AGO = NOW - LIST_DELAY_MS;

/** Starts a separate ordering desk, with the clock of the test if `nowMs` is given. */
export async function openDesk(nowMs?: () => number) {
  const folder = await mkdtemp(join(tmpdir(), 'desk-'));
  const ledgerFile = join(folder, 'ledger.jsonl');
  const desk = await startDesk({ ledgerFile, ...(nowMs && { nowMs }) });
  return {
    url: desk.url,
    async play(script: ScriptRequest): Promise<void> {
      const response = await fetch(`${desk.url}/desk/script`, {
        method: 'POST',
        body: JSON.stringify(script),
      });
      if (!response.ok) throw new Error(`The ordering desk rejected the script: ${await response.text()}`);
    },
    seen: async () => (await (await fetch(`${desk.url}/desk/requests`)).json()) as SeenRequest[],
    made: () => readLedger(ledgerFile),
    async close() {
      await desk.close();
      await rm(folder, { recursive: true });
    },
  };
}

/** The options of the gateway: a token, a long time-out, and an outbound limiter without a limit unless one is given. */
export function peerOf(
  url: string,
  { perMinute = 0, nowMs = () => 0, sleep = async () => undefined }: Pace = {},
) {
  const limiter = outboundLimiter({ perMinute, maxWaitMs: MAX_PERMIT_WAIT_MS }, nowMs, () => 0);
  return {
    url,
    token: async () => 'T',
    timeoutMs: 20_000,
    listDelayMs: LIST_DELAY_MS,
    limiter,
    sleep,
  } satisfies Peer;
}

interface Pace {
  perMinute?: number;
  /** The clock of the outbound limiter, in milliseconds. */
  nowMs?: () => number;
  sleep?: Peer['sleep'];
}

/** The placement of one order, with a new request id. */
export function placementOf(more: Partial<Placement> = {}): Placement {
  if (!ORDER) throw new Error('The sample cart has no order group.');
  const order = { ...ORDER, referenceCustomerId: KEY.customer };
  return { tenant: KEY.tenant, requestId: randomUUID(), order, nowMs: NOW, ...more };
}
