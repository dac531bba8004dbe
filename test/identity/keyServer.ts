/** A token issuer's key service for tests: real keys, published as a JSON Web Key Set on a free port, and tokens signed with them. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type CryptoKey, exportJWK, exportSPKI, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import { openOnce } from '../../shared/openOnce.ts';

export interface KeyServer {
  url: string;
  /** The public key in PEM, derived from the published key set. */
  publicPem: string;
  /** How often the keys were fetched. */
  fetches: () => number;
  /** Sets the response to the next fetches, in place of the keys. */
  answer: (status: number, body: string) => void;
  /** Publishes the RS256 key under these key ids only; its first id is `one`. */
  publish: (...kids: string[]) => void;
  /** Publishes the RS256 key with this issuer, as Entra ID does. */
  publishFor: (issuer: unknown) => void;
  /** A token signed with a published key: RS256 under `one`, EdDSA under `edwards`. */
  sign: (claims: Claims, header?: { alg?: string; kid?: string }) => Promise<string>;
  /** A token signed with a key that was never published, under the id of the published key. */
  forge: (claims: Claims) => Promise<string>;
  stop: () => Promise<void>;
}

/** Claims of any kind, also invalid ones; an undefined claim is absent. */
export type Claims = Record<string, unknown>;

/** Generated once for all key services of this process, because each RSA key costs a tenth of a second. */
const keyPairs = openOnce(() => Promise.all([generateKeyPair('RS256'), generateKeyPair('EdDSA')]));
const foreignPair = openOnce(() => generateKeyPair('RS256'));

/** Starts a key service. */
export async function startKeyServer(): Promise<KeyServer> {
  const [own, edwards] = await keyPairs();
  const published = [
    { ...(await exportJWK(own.publicKey)), kid: 'one', use: 'sig' },
    { ...(await exportJWK(edwards.publicKey)), kid: 'edwards', use: 'sig' },
  ];
  const keys = JSON.stringify({ keys: published });
  let reply = { status: 200, body: keys };
  let fetches = 0;
  const server = createServer((_, response) => {
    fetches++;
    response.writeHead(reply.status, { 'Content-Type': 'application/json' }).end(reply.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const signed = (key: CryptoKey, claims: Claims, header: { alg?: string; kid?: string } = {}) =>
    new SignJWT(claims as JWTPayload).setProtectedHeader({ alg: 'RS256', kid: 'one', ...header }).sign(key);
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`,
    publicPem: await exportSPKI(own.publicKey),
    fetches: () => fetches,
    answer: (status, body) => {
      reply = { status, body };
    },
    publish: (...kids) => {
      const renamed = kids.map((kid) => ({ ...published[0], kid }));
      reply = { status: 200, body: JSON.stringify({ keys: renamed }) };
    },
    publishFor: (issuer) => {
      reply = { status: 200, body: JSON.stringify({ keys: [{ ...published[0], issuer }] }) };
    },
    sign: (claims, header) =>
      signed(header?.alg === 'EdDSA' ? edwards.privateKey : own.privateKey, claims, header),
    forge: async (claims) => signed((await foreignPair()).privateKey, claims),
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
