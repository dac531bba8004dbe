/** The bus while the broker does not respond, is unavailable and available again: every call ends within its time-out. */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { AuthenticationError } from '@azure/identity';
import { startServiceBus } from '@cartwright/servicebus-emulator';
import { afterAll, expect, it } from 'vitest';
import entities from '../../infra/servicebus.json' with { type: 'json' };
import { type Bus, openBus } from '../../shared/messaging/bus.ts';

const TIMEOUTS = {
  callMs: 600,
  retryOptions: { maxRetries: 2, retryDelayInMs: 20, timeoutInMs: 250 },
} as const;
const SLACK_MS = 3_000; // for a busy machine; the time-out of the SDK is a minute

const stop: (() => Promise<unknown>)[] = [];
afterAll(async () => {
  for (const each of stop.reverse()) await each();
});

/** A server that accepts connections and never responds. */
async function silentServer(): Promise<{ server: Server; sockets: Set<Socket>; port: number }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    socket.resume();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  stop.push(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { server, sockets, port: (server.address() as AddressInfo).port };
}

function busAt(port: number): Bus {
  const connectionString = `Endpoint=sb://127.0.0.1:${port};SharedAccessKeyName=k;SharedAccessKey=a2V5;UseDevelopmentEmulator=true`;
  const bus = openBus({ connectionString }, TIMEOUTS);
  stop.push(() => bus.close());
  return bus;
}

async function outcome(operation: Promise<unknown>) {
  const startMs = performance.now();
  const failed = await operation.then(
    () => false,
    () => true,
  );
  return { failed, inTime: performance.now() - startMs < TIMEOUTS.callMs + SLACK_MS };
}

it.concurrent('Every call fails within its time-out while the broker does not respond, with few connections', async () => {
  const { port, sockets } = await silentServer();
  const bus = busAt(port);

  for (const round of [1, 2, 3]) {
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, (_, n) => outcome(bus.send('checkout', { body: n }))),
    );
    expect(outcomes, `round ${round}`).toEqual(Array(20).fill({ failed: true, inTime: true }));
  }

  expect(await outcome(bus.ping())).toEqual({ failed: true, inTime: true });
  expect(sockets.size).toBeLessThanOrEqual(8);
});

it.concurrent('A send fails while the broker refuses connections and succeeds when it is available again', async () => {
  const first = await startServiceBus({ entities });
  const { port, connectionString } = first;
  const bus = openBus({ connectionString });
  await bus.send('checkout', { body: 1 });
  await first.close();

  const sent = await outcome(bus.send('checkout', { body: 2 }));
  const pinged = await outcome(bus.ping());
  const second = await startServiceBus({ entities, port });
  stop.push(
    () => second.close(),
    () => bus.close(),
  );
  await bus.send('checkout', { body: 3 });

  expect(sent.failed).toBe(true);
  expect(pinged.failed).toBe(true);
  expect(second.counts('checkout')).toMatchObject({ active: 1 });
  await bus.ping();
});

it('A call without a token fails as unavailable, and the next call requests a token again', async () => {
  const cause = new AuthenticationError(503, 'The token endpoint is unavailable.');
  let requested = 0;
  const credential = async () => {
    requested++;
    throw cause;
  };
  const bus = openBus({ namespace: '127.0.0.1', credential }, TIMEOUTS);

  for (const call of [
    () => bus.send('checkout', { body: 1 }),
    () => bus.sendAll('checkout', []),
    () => bus.ping(),
  ]) {
    await expect(call()).rejects.toMatchObject({ apiError: { name: 'serviceUnavailable' }, cause });
  }

  expect(requested).toBe(3);
});
