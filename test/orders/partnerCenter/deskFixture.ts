/** The gateway in front of a real ordering desk, for the tests that want its ledger as a witness. */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type SeenRequest, startDesk } from '../../../local/ordering-desk/desk.ts';
import { readLedger } from '../../../local/ordering-desk/ledger.ts';
import type { ScriptRequest } from '../../../local/ordering-desk/script.ts';
import type { Placement } from '../../../shared/orders/gateway.ts';
import { MAX_PERMIT_WAIT_MS, type Peer } from '../../../shared/orders/gateways/partnerCenter/httpClient.ts';
import { orderRequests } from '../../../shared/orders/order.ts';
import { outboundLimiter } from '../../../shared/rateLimit/outboundLimiter.ts';
import { cartOf, KEY, line, MINUTE, NOW } from '../../support/samples.ts';

const [ORDER] = orderRequests(cartOf([line()])).values();

/** How long an order may be missing from the list. */
export const LIST_DELAY_MS = 20 * MINUTE;
/** When an order was asked for that is listed by now, if it was made. */
export const LONG_AGO = NOW - LIST_DELAY_MS;

/** A desk of one's own, with a clock that the test may have in hand. */
export async function openDesk(nowMs?: () => number) {
  const folder = await mkdtemp(join(tmpdir(), 'desk-'));
  const ledgerFile = join(folder, 'ledger.jsonl');
  const desk = await startDesk({ ledgerFile, ...(nowMs && { nowMs }) });
  return {
    url: desk.url,
    async play(script: ScriptRequest): Promise<void> {
      const answer = await fetch(`${desk.url}/desk/script`, { method: 'POST', body: JSON.stringify(script) });
      if (!answer.ok) throw new Error(`The desk does not take the script: ${await answer.text()}`);
    },
    seen: async () => (await (await fetch(`${desk.url}/desk/requests`)).json()) as SeenRequest[],
    made: () => readLedger(ledgerFile),
    async close() {
      await desk.close();
      await rm(folder, { recursive: true });
    },
  };
}

/** What the gateway needs beyond the address: a token, time enough, and turns without a limit unless it is given. */
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
  /** Milliseconds of a clock that the test moves. */
  nowMs?: () => number;
  sleep?: Peer['sleep'];
}

/** The placement of one order, under a request id that nobody has seen. */
export function placementOf(more: Partial<Placement> = {}): Placement {
  if (!ORDER) throw new Error('The sample cart has no order group.');
  const order = { ...ORDER, referenceCustomerId: KEY.customer };
  return { tenant: KEY.tenant, requestId: randomUUID(), order, nowMs: NOW, ...more };
}
