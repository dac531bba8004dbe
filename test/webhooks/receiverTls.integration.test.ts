/** Calls over TLS: a certificate that is not valid for the host name of the URL ends the call before anything is sent. */
import type { IncomingMessage } from 'node:http';
import { createServer as createHttpServer, type Server } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { receiverClient } from '../../shared/webhooks/receiverClient.ts';
import { type Certificate, newAuthority, newCertificate } from '../support/certificates.ts';

const MINUTE = 60_000;
const before = getCACertificates('default');

let authority: Certificate;
beforeAll(async () => {
  authority = await newAuthority();
  setDefaultCACertificates([...before, authority.cert]);
});
afterAll(() => setDefaultCACertificates(before));

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** A receiver with a certificate; what it was asked, and for which name by SNI. */
async function receiver(certificate: Certificate) {
  const requests: IncomingMessage[] = [];
  const names: unknown[] = [];
  const server = createServer(certificate, (request, response) => {
    requests.push(request);
    response.writeHead(204).end();
  });
  server.on('secureConnection', ({ servername }) => names.push(servername));
  return { port: await listen(server), requests, names };
}

/** Calls a URL whose name resolves to the loopback address. */
const call = (url: string) =>
  receiverClient({
    allowsLoopback: true,
    timeoutMs: 5_000,
    resolve: async () => [{ address: '127.0.0.1', family: 4 }],
  }).call({ method: 'POST', url, headers: {}, body: '{}' });

describe('A certificate that is refused', () => {
  const past = { from: new Date(Date.now() - 3 * MINUTE), until: new Date(Date.now() - MINUTE) };
  const future = { from: new Date(Date.now() + MINUTE), until: new Date(Date.now() + 3 * MINUTE) };
  it.each([
    [
      'is self-signed',
      () => newCertificate(),
      'not issued by a trusted authority (DEPTH_ZERO_SELF_SIGNED_CERT)',
    ],
    [
      'is issued by an unknown authority',
      async () => newCertificate({}, await newAuthority('Unknown authority')),
      'not issued by a trusted authority (UNABLE_TO_VERIFY_LEAF_SIGNATURE)',
    ],
    [
      'is for another host name',
      () => newCertificate({ name: 'hooks.contoso.com' }, authority),
      'not for this host name (ERR_TLS_CERT_ALTNAME_INVALID)',
    ],
    [
      'is for the address, and not for the name in the URL',
      () => newCertificate({ address: '127.0.0.1' }, authority),
      'not for this host name (ERR_TLS_CERT_ALTNAME_INVALID)',
    ],
    ['has expired', () => newCertificate(past, authority), 'has expired (CERT_HAS_EXPIRED)'],
    ['is not valid yet', () => newCertificate(future, authority), 'is not valid yet (CERT_NOT_YET_VALID)'],
  ])(
    'Nothing is sent to a receiver whose certificate %s, and the reason says so',
    async (_, make, reason) => {
      const { port, requests } = await receiver(await make());

      const response = await call(`https://localhost:${port}/hook`);

      expect(response).toEqual({
        reason: expect.stringContaining(`The certificate of the receiver`),
        durationMs: expect.any(Number),
      });
      expect(response).toMatchObject({ reason: expect.stringContaining(reason) });
      expect(requests).toEqual([]);
    },
  );

  it('Nothing is sent to a receiver with a self-signed certificate when the environment disables verification', async () => {
    const { port, requests } = await receiver(await newCertificate());
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
    try {
      expect(await call(`https://localhost:${port}/hook`)).toMatchObject({
        reason: expect.stringContaining('SELF_SIGNED'),
      });
    } finally {
      delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
    }
    expect(requests).toEqual([]);
  });
});

it('A certificate of a trusted authority is verified against the name in the URL, which the receiver gets by SNI', async () => {
  const { port, requests, names } = await receiver(await newCertificate({ name: 'localhost' }, authority));

  expect(await call(`https://localhost:${port}/hook`)).toMatchObject({ status: 204 });
  expect(names).toEqual(['localhost']);
  expect(requests[0]?.headers.host).toBe(`localhost:${port}`);
});

it('A certificate for an address is accepted when the URL has this address, and for no other', async () => {
  const right = await receiver(await newCertificate({ address: '127.0.0.1' }, authority));
  const wrong = await receiver(await newCertificate({ address: '127.0.0.2' }, authority));

  expect(await call(`https://127.0.0.1:${right.port}/hook`)).toMatchObject({ status: 204 });
  expect(await call(`https://127.0.0.1:${wrong.port}/hook`)).toMatchObject({
    reason: expect.stringContaining('ERR_TLS_CERT_ALTNAME_INVALID'),
  });
});

it('A receiver that does not speak TLS is reported as such', async () => {
  const port = await listen(createHttpServer((_, response) => response.end()));

  expect(await call(`https://localhost:${port}/hook`)).toMatchObject({
    reason: expect.stringMatching(/^A TLS connection could not be established \(\w+\)\.$/),
  });
});
