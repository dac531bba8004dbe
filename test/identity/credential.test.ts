/** Credentials for other services: the real identity SDK with a fake HTTP client that responds as Microsoft Entra ID. */
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { azureCredential, bearerOf, credentialOf, type Identity } from '../../shared/identity/credential.ts';
import { partnerCenterIdentity } from '../../shared/identity/partnerCenterIdentity.ts';

type HttpClient = NonNullable<NonNullable<Parameters<typeof credentialOf>[1]>['httpClient']>;

const SCOPE = 'https://api.partnercenter.microsoft.com/.default';
const TENANT = '5d8a4b0e-6c1f-4f7b-9a56-0c3f2f1d7e11';
const CLIENT_ID = '2713ccd7-ea3b-470a-9cfb-451d5d0482cc';
const APPLICATION = { PARTNER_CENTER_TENANT: TENANT, PARTNER_CENTER_CLIENT_ID: CLIENT_ID };
const folder = mkdtempSync(join(tmpdir(), 'credential-'));
afterAll(() => rmSync(folder, { recursive: true }));

let tokenRequests: URLSearchParams[];
let isRejecting: boolean;
beforeEach(() => {
  tokenRequests = [];
  isRejecting = false;
});

const authority: HttpClient = {
  async sendRequest(request) {
    const isToken = request.url.includes('/oauth2/v2.0/token');
    if (isToken) tokenRequests.push(new URLSearchParams(String(request.body)));
    const status = isToken && isRejecting ? 401 : 200;
    const bodyAsText = JSON.stringify(isToken ? tokenResponse() : DISCOVERY);
    return { request, headers: request.headers, status, bodyAsText };
  },
};

const AT = `https://login.microsoftonline.com/${TENANT}`;
const DISCOVERY = {
  issuer: `${AT}/v2.0`,
  authorization_endpoint: `${AT}/oauth2/v2.0/authorize`,
  token_endpoint: `${AT}/oauth2/v2.0/token`,
};

function tokenResponse() {
  if (isRejecting) return { error: 'invalid_client', error_description: 'AADSTS7000215: Invalid secret.' };
  return { token_type: 'Bearer', expires_in: 3_600, access_token: `token ${tokenRequests.length}` };
}

const bearer = (identity: Identity) =>
  bearerOf(credentialOf(identity, { httpClient: authority, disableInstanceDiscovery: true }), SCOPE);

/** A PEM file with these parts. The certificate has the right form only. */
function pem(...halves: ('certificate' | 'key')[]): string {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  const parts = {
    certificate: `-----BEGIN CERTIFICATE-----\n${Buffer.from('any').toString('base64')}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
  };
  const file = join(folder, `${halves.join('-')}.pem`);
  writeFileSync(file, halves.map((half) => parts[half]).join(''));
  return file;
}

describe('an application', () => {
  it('An application authenticates with its secret', async () => {
    const identity = partnerCenterIdentity({ ...APPLICATION, PARTNER_CENTER_CLIENT_SECRET: 'S' });

    expect(await bearer(identity)()).toBe('token 1');
    expect(Object.fromEntries(tokenRequests[0] ?? [])).toMatchObject({
      client_id: CLIENT_ID,
      client_secret: 'S',
      grant_type: 'client_credentials',
      scope: SCOPE,
    });
  });

  it('An application authenticates with its certificate and does not send the private key', async () => {
    const file = pem('certificate', 'key');
    const identity = partnerCenterIdentity({ ...APPLICATION, PARTNER_CENTER_CERTIFICATE_PATH: file });

    expect(await bearer(identity)()).toBe('token 1');
    const [request] = tokenRequests;
    expect(request?.get('client_assertion')).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/);
    expect(request?.has('client_secret')).toBe(false);
  });

  it.each([
    ['cannot be read (ENOENT)', () => join(folder, 'missing.pem')],
    ['has no certificate in PEM', () => pem('key')],
    ['has no private key in PEM', () => pem('certificate')],
  ])('A certificate that %s prevents the start', (problem, file) => {
    const path = file();

    expect(() => partnerCenterIdentity({ ...APPLICATION, PARTNER_CENTER_CERTIFICATE_PATH: path })).toThrow(
      `PARTNER_CENTER_CERTIFICATE_PATH: ${path} ${problem}.`,
    );
  });
});

describe('a managed identity', () => {
  it('Without a client id, the managed identity is that of storage and broker', () => {
    expect(credentialOf(partnerCenterIdentity({}))).toBe(azureCredential);
  });

  it('A client id alone names a user-assigned managed identity', () => {
    expect(partnerCenterIdentity({ PARTNER_CENTER_CLIENT_ID: CLIENT_ID })).toEqual({
      kind: 'assigned',
      clientId: CLIENT_ID,
    });
  });
});

describe('access tokens', () => {
  const secret: Identity = { kind: 'secret', tenant: TENANT, clientId: CLIENT_ID, secret: 'S' };

  it('An access token is requested once for consecutive and concurrent calls', async () => {
    const token = bearer(secret);

    const concurrent = await Promise.all(Array.from({ length: 16 }, token));
    const consecutive = [await token(), await token()];

    expect(new Set([...concurrent, ...consecutive])).toEqual(new Set(['token 1']));
    expect(tokenRequests).toHaveLength(1);
  });

  it('An access token that could not be acquired is requested again', async () => {
    const token = bearer(secret);
    isRejecting = true;
    await expect(token()).rejects.toThrow();
    isRejecting = false;

    expect(await token()).toBe(`token ${tokenRequests.length}`);
  });
});
