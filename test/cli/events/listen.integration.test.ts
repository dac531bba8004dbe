/** `cartwright events listen` on a broker: when it ends, and a namespace that is away. */
import { ServiceBusClient } from '@azure/service-bus';
import { type ServiceBusEmulator, startServiceBus } from '@cartwright/servicebus-emulator';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { listen } from '../../../cli/events/listen.ts';
import { Unreachable } from '../../../cli/service/errors.ts';
import entities from '../../../infra/servicebus.json' with { type: 'json' };
import { cartExpiring } from '../../../shared/cart/events.ts';
import { cartOf, HOUR } from '../../support/samples.ts';

const EVENT = cartExpiring(cartOf(), { thresholdMs: HOUR, remainingMs: HOUR });
const never = new AbortController().signal;

let broker: ServiceBusEmulator;
beforeEach(async () => {
  broker = await startServiceBus({ entities });
});
afterEach(() => broker.close());

const requestOf = (connectionString: string) => ({
  types: [],
  subscription: 'all',
  consumes: false,
  json: false,
  connection: { connectionString },
});

it('Following events ends when standard output is closed, as behind head', async () => {
  const client = new ServiceBusClient(broker.connectionString);
  await client.createSender('cart-events').sendMessages([{ body: EVENT }, { body: EVENT }]);
  await client.close();
  const lines: string[] = [];
  const out = {
    line: (text: string) => void lines.push(text),
    failure: async () => (lines.length > 0 ? Object.assign(new Error(), { code: 'EPIPE' }) : undefined),
  };

  await listen(requestOf(broker.connectionString), out, never);

  expect(lines[0]).toContain('cart.expiring.v1');
});

it('Following events of a namespace that cannot be reached ends with a sentence', async () => {
  const out = { line: () => undefined, failure: async () => undefined };
  const closed =
    'Endpoint=sb://127.0.0.1:1;SharedAccessKeyName=k;SharedAccessKey=x;UseDevelopmentEmulator=true';

  const listening = listen(requestOf(closed), out, never);

  await expect(listening).rejects.toThrow(Unreachable);
  await expect(listening).rejects.toThrow(/^Service Bus: ECONNREFUSED/);
});
