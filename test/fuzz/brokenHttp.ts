/**
 * Bytes on a socket that are not quite HTTP, or not at all, and what comes back. None carries a token, so that
 * nothing of it can leave a cart behind.
 */
import { connect } from 'node:net';
import fc, { type Arbitrary } from 'fast-check';

const LINE = 'POST /v1/customers/d6bf25b7-e0a8-4f2d-a31b-97b55cfc774d/carts HTTP/1.1\r\n';
const HOST = 'Host: 127.0.0.1\r\n';
const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');

const SAMPLES = [
  `${LINE}${HOST}Content-Length: 500\r\n\r\n{"lineItems":`,
  `${LINE}${HOST}Content-Length: 2\r\n\r\n{}{}{}`,
  `${LINE}${HOST}Content-Length: -1\r\n\r\n{}`,
  `${LINE}${HOST}Content-Length: 1\r\nContent-Length: 2\r\n\r\n{}`,
  `${LINE}${HOST}Content-Length: 99999999999999999999\r\n\r\n{}`,
  `${LINE}${HOST}Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n`,
  `${LINE}${HOST}Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n2\r\n{}\r\n0\r\n\r\n`,
  `${LINE}${HOST}Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n`,
  `${LINE}${HOST}Transfer-Encoding: gzip, identity\r\n\r\n{}`,
  `${LINE}${HOST}Expect: 100-continue\r\nContent-Length: 2\r\n\r\n{}`,
  `${LINE}${HOST}Expect: something\r\nContent-Length: 2\r\n\r\n{}`,
  `${LINE}${HOST}Upgrade: websocket\r\nConnection: Upgrade\r\n\r\n`,
  `${LINE}${HOST}X: ${'x'.repeat(40_000)}\r\n\r\n`,
  `${LINE}${HOST}${'A: b\r\n'.repeat(3_000)}\r\n`,
  `${LINE}${HOST}: no name\r\n\r\n`,
  `${LINE}${HOST}Bad\x00Name: x\r\n\r\n`,
  `${LINE}${HOST} folded\r\n line\r\n\r\n`,
  `${LINE}\r\n`,
  `${LINE}Host: [::\r\n\r\n`,
  `${LINE}Host: 1.2.3.999\r\n\r\n`,
  `${LINE}Host: a:99999\r\n\r\n`,
  `${LINE}Host: \r\n\r\n`,
  `${LINE}Host: a\r\nHost: b\r\n\r\n`,
  `${LINE.replace('/v1', 'http://other.example/v1')}${HOST}\r\n`,
  `${LINE.replace('/v1', 'v1')}${HOST}\r\n`,
  `${LINE.replace(/\/v1\S+/, '*')}${HOST}\r\n`,
  `${LINE.replace(/\/v1\S+/, `/${'a'.repeat(40_000)}`)}${HOST}\r\n`,
  `${LINE.replace('/v1', '/\xe9/v1')}${HOST}\r\n`,
  `${LINE.replace('HTTP/1.1', 'HTTP/9.9')}${HOST}\r\n`,
  `${LINE.replace(' HTTP/1.1', '')}${HOST}\r\n`,
  `${LINE.replace('POST', 'CONNECT')}${HOST}\r\n`,
  `${LINE.replace('POST', 'NOSUCHMETHOD')}${HOST}\r\n`,
  `${`GET /health HTTP/1.1\r\n${HOST}\r\n`.repeat(50)}`,
  'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00',
  'GET /health\r\n\r\n',
  '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
].map(latin1);

/** Bytes to send: a sample, a piece of one, one with bytes changed, or anything. */
export const brokenRequest: Arbitrary<Buffer> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...SAMPLES) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.constantFrom(...SAMPLES), fc.nat())
      .map(([sample, at]) => sample.subarray(0, at % sample.length)),
  },
  {
    weight: 3,
    arbitrary: fc
      .tuple(fc.constantFrom(...SAMPLES), fc.nat(), fc.uint8Array({ minLength: 1, maxLength: 5 }))
      .map(([sample, at, bytes]) => {
        const from = at % sample.length;
        return Buffer.concat([sample.subarray(0, from), bytes, sample.subarray(from + 1)]);
      }),
  },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)) },
);

/** Sends the bytes and ends its side; resolves when the connection is closed, whatever was said on it. */
export function sendBroken(url: string, bytes: Uint8Array): Promise<void> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname, () => socket.end(bytes));
    socket.on('error', () => undefined); // being cut off is an answer too
    socket.on('close', () => resolve());
    socket.resume();
  });
}
