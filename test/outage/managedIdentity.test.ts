/** The identity of the app on Azure, and its outage: tokens come from the managed identity that the settings name, and from nothing else. */
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { serveJson } from '../../local/http/serveJson.ts';

const CLIENT_ID = '2713ccd7-ea3b-470a-9cfb-451d5d0482cc';

let requests: URLSearchParams[];
let isDown: boolean;
let server: Awaited<ReturnType<typeof serveJson>>;
beforeAll(async () => {
  // One server for the file: the SDK keeps the endpoint for the whole process.
  server = await serveJson(0, ({ query }) => {
    requests.push(query);
    if (isDown) return { status: 400, body: {} }; // a 5xx is retried by the SDK for seconds
    const expiresOn = Math.floor(Date.now() / 1_000) + 3_600;
    return {
      status: 200,
      body: { access_token: 'of-the-identity', token_type: 'Bearer', expires_on: expiresOn },
    };
  });
  vi.stubEnv('IDENTITY_ENDPOINT', `${server.url}/msi/token`);
  vi.stubEnv('IDENTITY_HEADER', 'header');
  vi.stubEnv('AZURE_TOKEN_CREDENTIALS', 'ManagedIdentityCredential');
  vi.stubEnv('AZURE_CLIENT_ID', CLIENT_ID);
  vi.resetModules(); // the credential of a process is kept
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await server.close();
});
beforeEach(() => {
  requests = [];
  isDown = false;
});

/** A token for a resource; the SDK keeps those of each resource for the whole process. */
const tokenFor = async (resource: string) => {
  const { azureCredential } = await import('../../shared/identity/credential.ts');
  return (await azureCredential()).getToken(`${resource}/.default`);
};

it('A token comes from the managed identity with the client id of the deployment', async () => {
  expect((await tokenFor('https://storage.azure.com'))?.token).toBe('of-the-identity');
  expect(requests.map((query) => query.get('client_id'))).toEqual([CLIENT_ID]);
  expect(requests[0]?.get('resource')).toBe('https://storage.azure.com');
});

it('A credential that failed gives a token when the identity responds again', async () => {
  isDown = true;
  const resource = 'https://servicebus.azure.net';
  await expect(tokenFor(resource)).rejects.toThrow();
  isDown = false;

  expect((await tokenFor(resource))?.token).toBe('of-the-identity');
});
