/** A connection that answers within a bound, and is left for another when it does not. */
import { beforeEach, expect, it, vi } from 'vitest';
import { type ReconnectingClient, reconnectingClient } from '../../shared/messaging/reconnectingClient.ts';

class Connection {
  isClosed = false;
  async close() {
    this.isClosed = true;
  }
}

let opened: Connection[];
let line: ReconnectingClient<Connection>;
beforeEach(() => {
  opened = [];
  line = reconnectingClient({
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

it('opens one connection on first use', async () => {
  const used = await Promise.all([1, 2, 3].map((n) => line.run(async () => n)));

  expect([used, opened.length]).toEqual([[1, 2, 3], 1]);
});

it('fails within the timeout without a response, and opens another connection for the next call', async () => {
  await expect(line.run(never)).rejects.toThrow('no answer within 30 ms');

  await line.run(async () => undefined);

  expect(opened.map(({ isClosed }) => isClosed)).toEqual([true, false]);
});

it('abandons a connection after an error of the connection, and keeps it after an error that the other side returned', async () => {
  await expect(line.run(fail('Too large.'))).rejects.toThrow();
  await line.run(async () => undefined);
  const afterAnswer = opened.length;

  await expect(line.run(fail('ECONNREFUSED'))).rejects.toThrow();
  await line.run(async () => undefined);

  expect([afterAnswer, opened.length]).toEqual([1, 2]);
});

it('keeps an abandoned connection open for the calls that still wait for their response', async () => {
  const slow = Promise.withResolvers<string>();
  const waiting = line.run(() => slow.promise);
  await expect(line.run(fail('Broken pipe.'))).rejects.toThrow();
  const before = opened.map(({ isClosed }) => isClosed);

  slow.resolve('there');

  expect([await waiting, before]).toEqual(['there', [false]]);
  await vi.waitFor(() => expect(opened[0]?.isClosed).toBe(true));
});

it('opens a connection again after opening it failed', async () => {
  let tries = 0;
  line = reconnectingClient({
    async open() {
      if (tries++ === 0) throw new Error('No token.');
      return new Connection();
    },
    timeoutMs: 1_000,
    isAnswer: () => false,
  });

  await expect(line.run(async () => 'first')).rejects.toThrow('No token.');

  expect(await line.run(async () => 'second')).toBe('second');
});

it('never hangs while it opens or closes, and abandons one connection however many calls wait', async () => {
  line = reconnectingClient<Connection>({
    async open() {
      opened.push(Object.assign(new Connection(), { close: never }));
      return opened.at(-1) as Connection;
    },
    timeoutMs: 30,
    isAnswer: () => false,
  });

  const outcomes = await Promise.allSettled(Array.from({ length: 100 }, () => line.run(never)));

  expect(new Set(outcomes.map(({ status }) => status))).toEqual(new Set(['rejected']));
  expect(opened).toHaveLength(1);
  await line.run(async () => undefined);
  await line.close();
});
