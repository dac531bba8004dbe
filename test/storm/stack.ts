/**
 * What the workers of a storm share: Azurite, the Service Bus emulator with locks as short as one likes, and an
 * ordering desk that knows no request id again, so that nothing but the service keeps an order from being
 * made twice.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ServiceBusEmulator, startServiceBus } from '@cartwright/servicebus-emulator';
import entities from '../../infra/servicebus.json' with { type: 'json' };
import { startDesk } from '../../local/ordering-desk/desk.ts';
import { type LedgerLine, readLedger } from '../../local/ordering-desk/ledger.ts';
import { startAzurite } from '../support/azurite.ts';

export interface Stack {
  /** How long the broker leaves a message with a worker. */
  lockMs: number;
  storage: { connectionString: string };
  broker: ServiceBusEmulator;
  deskUrl: string;
  ledger(): Promise<LedgerLine[]>;
  stop(): Promise<void>;
}

/** Starts everything. */
export async function startStack(lockMs: number): Promise<Stack> {
  const folder = await mkdtemp(join(tmpdir(), 'storm-'));
  const ledgerFile = join(folder, 'ledger.jsonl');
  const { queues, topics } = entities;
  const checkout = { ...queues.checkout, lockDuration: `PT${lockMs / 1_000}S` };
  const [azurite, broker, desk] = await Promise.all([
    startAzurite(),
    startServiceBus({ entities: { queues: { ...queues, checkout }, topics } }),
    startDesk({ ledgerFile }),
  ]);
  await fetch(`${desk.url}/desk/script`, {
    method: 'POST',
    body: JSON.stringify({ idempotency: false }),
  });
  return {
    lockMs,
    storage: azurite,
    broker,
    deskUrl: desk.url,
    ledger: () => readLedger(ledgerFile),
    async stop() {
      await Promise.all([broker.close(), desk.close(), azurite.stop()]);
      await rm(folder, { recursive: true });
    },
  };
}
