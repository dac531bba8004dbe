/** Receivers that break HTTP on purpose: each call ends as a failed attempt, within its time-out. */
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { receiverClient } from '../../shared/webhooks/receiverClient.ts';

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** A receiver that answers on the bare connection; its port. */
async function rawReceiver(answer: (socket: Socket) => void): Promise<number> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => answer(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => server.close());
  return (server.address() as AddressInfo).port;
}

const LOCAL = { allowsLoopback: true, timeoutMs: 2_000 };
const post = (url: string) => ({ method: 'POST' as const, url, headers: {}, body: '{}' });

it.each([
  ['has two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd'],
  [
    'has a length and is chunked',
    'HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n',
  ],
  ['is cut before its end', 'HTTP/1.1 200'],
])('A response that %s is not a response', async (_, bytes) => {
  const port = await rawReceiver((socket) => socket.end(bytes));

  expect(await receiverClient(LOCAL).call(post(`http://127.0.0.1:${port}/`))).toEqual({
    reason: expect.stringMatching(/^The receiver (could not be reached|did not respond in valid HTTP)/),
    durationMs: expect.any(Number),
  });
});

it('A response that switches to another protocol is a failed attempt, and the connection ends', async () => {
  let isClosed = false;
  const port = await rawReceiver((socket) => {
    socket.once('close', () => (isClosed = true));
    socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n');
  });

  const response = await receiverClient(LOCAL).call(post(`http://127.0.0.1:${port}/`));

  expect(response).toMatchObject({ status: 101 });
  await expect.poll(() => isClosed).toBe(true);
});

it('A receiver that sends interim responses without an end is stopped by the time-out', async () => {
  const port = await rawReceiver((socket) => {
    const timer = setInterval(() => socket.write('HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n'), 5);
    socket.once('close', () => clearInterval(timer));
  });

  expect(
    await receiverClient({ ...LOCAL, timeoutMs: 300 }).call(post(`http://127.0.0.1:${port}/`)),
  ).toMatchObject({ reason: 'The receiver did not respond within 0.3 seconds.' });
});

it('A receiver that sends its headers byte by byte is stopped by the time-out', async () => {
  const port = await rawReceiver((socket) => {
    const bytes = [...`HTTP/1.1 200 OK\r\nX-Slow: ${'x'.repeat(10_000)}`];
    const timer = setInterval(() => socket.write(bytes.shift() ?? 'x'), 5);
    socket.once('close', () => clearInterval(timer));
  });

  const response = await receiverClient({ ...LOCAL, timeoutMs: 300 }).call(post(`http://127.0.0.1:${port}/`));

  expect(response).toMatchObject({ reason: 'The receiver did not respond within 0.3 seconds.' });
  expect(response.durationMs).toBeLessThan(1_500);
});
