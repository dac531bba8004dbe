/** The exit code of `cartwright parked replay`: messages that do not exist, signals, and a namespace that is away. */
import { ServiceBusClient } from '@azure/service-bus';
import { type ServiceBusEmulator, startServiceBus } from '@cartwright/servicebus-emulator';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { runParked } from '../../../cli/parked/run.ts';
import { Unreachable } from '../../../cli/service/errors.ts';
import entities from '../../../infra/servicebus.json' with { type: 'json' };

let broker: ServiceBusEmulator;
beforeEach(async () => {
  broker = await startServiceBus({ entities });
});
afterEach(() => broker.close());

/** Parks a message of the queue `checkout` under each of these ids. */
async function park(...ids: string[]): Promise<void> {
  const client = new ServiceBusClient(broker.connectionString);
  await client.createSender('parked').sendMessages(
    ids.map((messageId) => ({
      body: {},
      messageId,
      applicationProperties: { reason: 'Test', source: 'checkout' },
    })),
  );
  await client.close();
}

describe('The exit code of a replay', () => {
  /** Runs the command on the broker. */
  async function replayed(ids: string[], { isDryRun = false, rate = 1_000 } = {}) {
    const lines: string[] = [];
    const out = {
      line: (text: string) => void lines.push(text),
      failure: async () => undefined,
    };
    const connection = { connectionString: broker.connectionString };
    const code = await runParked(
      { name: 'replay', filter: { ids }, isDryRun, rate, json: true, connection },
      out,
    );
    return { code, printed: JSON.parse(lines.join('')) };
  }

  it('A replay that names a message that does not exist replays the others, and ends with 1', async () => {
    await park('a');
    const ids = ['gone', 'a'];

    const dry = await replayed(ids, { isDryRun: true });
    const first = await replayed(ids);

    expect(dry).toMatchObject({ code: 1, printed: [{ id: 'a' }] });
    expect(first).toEqual({
      code: 1,
      printed: { messages: 2, replayed: 1, failures: [], left: 1, isInterrupted: false },
    });
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('A replay that is interrupted by %s ends with %i', async (signal, code) => {
    await park('b', 'c');

    const replaying = replayed([], { rate: 0.01 });
    await vi.waitFor(() => expect(broker.counts('checkout').active).toBe(1));
    process.emit(signal, signal);

    expect(await replaying).toMatchObject({ code, printed: { replayed: 1, left: 1, isInterrupted: true } });
  });

  it('A namespace that cannot be reached ends a replay as one that does not know its outcome', async () => {
    await broker.close();

    await expect(replayed([])).rejects.toThrow(Unreachable);
  });
});
