/** The bus when the broker is silent, away and back: every send ends within its bound, and nothing is left behind. */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { AuthenticationError } from '@azure/identity';
import { startServiceBus } from '@cartwright/servicebus-emulator';
import { afterEach, expect, it } from 'vitest';
import entities from '../../infra/servicebus.json' with { type: 'json' };
import { type Bus, openBus } from '../../shared/messaging/bus.ts';

const BOUNDS = {
  callMs: 600,
  retryOptions: { maxRetries: 2, retryDelayInMs: 20, timeoutInMs: 250 },
} as const;
const SLACK_MS = 3_000; // of a busy machine; the SDK’s own patience is a minute

let stop: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const each of stop.reverse()) await each();
  stop = [];
});

/** A server that takes connections and says nothing. */
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
  const bus = openBus({ connectionString }, BOUNDS);
  stop.push(() => bus.close());
  return bus;
}

async function outcome(operation: Promise<unknown>) {
  const began = performance.now();
  const failed = await operation.then(
    () => false,
    () => true,
  );
  return { failed, withinBound: performance.now() - began < BOUNDS.callMs + SLACK_MS };
}

it('fails within the timeout while the broker is silent, every time, with few connections', async () => {
  const { port, sockets } = await silentServer();
  const bus = busAt(port);

  for (const round of [1, 2, 3]) {
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, (_, n) => outcome(bus.send('checkout', { body: n }))),
    );
    expect([round, outcomes]).toEqual([round, Array(20).fill({ failed: true, withinBound: true })]);
  }

  expect(await outcome(bus.ping())).toEqual({ failed: true, withinBound: true });
  expect(sockets.size).toBeLessThanOrEqual(8);
});

it('fails while the broker refuses connections, and succeeds when it is back', async () => {
  const first = await startServiceBus({ entities });
  const { port, connectionString } = first;
  const bus = openBus({ connectionString });
  await bus.send('checkout', { body: 1 });
  await first.close();

  const away = await outcome(bus.send('checkout', { body: 2 }));
  const probed = await outcome(bus.ping());
  const second = await startServiceBus({ entities, port });
  stop.push(
    () => second.close(),
    () => bus.close(),
  );
  await bus.send('checkout', { body: 3 });

  expect([away.failed, probed.failed]).toEqual([true, true]);
  expect(second.counts('checkout')).toMatchObject({ active: 1 });
  await bus.ping();
});

it('fails as unavailable without a token, and requests a token again in the next call', async () => {
  const cause = new AuthenticationError(503, 'The token endpoint is away.');
  let asked = 0;
  const credential = async () => {
    asked++;
    throw cause;
  };
  const bus = openBus({ namespace: '127.0.0.1', credential }, BOUNDS);

  for (const call of [
    () => bus.send('checkout', { body: 1 }),
    () => bus.sendAll('checkout', []),
    () => bus.ping(),
  ]) {
    await expect(call()).rejects.toMatchObject({ apiError: { name: 'serviceUnavailable' }, cause });
  }

  expect(asked).toBe(3);
});
