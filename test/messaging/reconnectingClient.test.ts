/** A broker connection that responds within a time-out or is replaced. */
import { beforeEach, expect, it, vi } from 'vitest';
import { type ReconnectingClient, reconnectingClient } from '../../shared/messaging/reconnectingClient.ts';

class Connection {
  isClosed = false;
  async close() {
    this.isClosed = true;
  }
}

let opened: Connection[];
let client: ReconnectingClient<Connection>;
beforeEach(() => {
  opened = [];
  client = reconnectingClient({
    async open() {
      opened.push(new Connection());
      return opened.at(-1) as Connection;
    },
    timeoutMs: 30,
    isAnswer: (error) => (error as Error).message === 'Too large.',
  });
});

const never = () => new Promise<never>(() => undefined);
const fail = (message: string) => async () => {
  throw new Error(message);
};

it('A client opens one connection on first use', async () => {
  const used = await Promise.all([1, 2, 3].map((n) => client.run(async () => n)));

  expect(used).toEqual([1, 2, 3]);
  expect(opened).toHaveLength(1);
});

it('A call without a response fails within the time-out, and the next call opens another connection', async () => {
  await expect(client.run(never)).rejects.toThrow('no answer within 30 ms');

  await client.run(async () => undefined);

  expect(opened.map(({ isClosed }) => isClosed)).toEqual([true, false]);
});

it('A connection is abandoned after a connection error, and kept after an error that the broker returned', async () => {
  await expect(client.run(fail('Too large.'))).rejects.toThrow();
  await client.run(async () => undefined);
  const openedAfterResponse = opened.length;

  await expect(client.run(fail('ECONNREFUSED'))).rejects.toThrow();
  await client.run(async () => undefined);

  expect({ openedAfterResponse, opened: opened.length }).toEqual({ openedAfterResponse: 1, opened: 2 });
});

it('An abandoned connection stays open for the calls that still wait for their response', async () => {
  const slow = Promise.withResolvers<string>();
  const waiting = client.run(() => slow.promise);
  await expect(client.run(fail('Broken pipe.'))).rejects.toThrow();
  const before = opened.map(({ isClosed }) => isClosed);

  slow.resolve('response');

  expect(await waiting).toBe('response');
  expect(before).toEqual([false]);
  await vi.waitFor(() => expect(opened[0]?.isClosed).toBe(true));
});

it('A client opens a connection again after opening it failed', async () => {
  let tries = 0;
  client = reconnectingClient({
    async open() {
      if (tries++ === 0) throw new Error('No token.');
      return new Connection();
    },
    timeoutMs: 1_000,
    isAnswer: () => false,
  });

  await expect(client.run(async () => 'first')).rejects.toThrow('No token.');

  expect(await client.run(async () => 'second')).toBe('second');
});

it('A client never hangs while it opens or closes a connection, and many waiting calls abandon only one', async () => {
  client = reconnectingClient<Connection>({
    async open() {
      opened.push(Object.assign(new Connection(), { close: never }));
      return opened.at(-1) as Connection;
    },
    timeoutMs: 30,
    isAnswer: () => false,
  });

  const outcomes = await Promise.allSettled(Array.from({ length: 100 }, () => client.run(never)));

  expect(new Set(outcomes.map(({ status }) => status))).toEqual(new Set(['rejected']));
  expect(opened).toHaveLength(1);
  await client.run(async () => undefined);
  await client.close();
});
