/** Checks of the app itself, its routes and its dependencies. They change nothing. */
import { randomBytes, randomUUID } from 'node:crypto';
import { type Check, failed, noted, passed, type Session, shown } from './check.ts';

const cartPath = ({ customer }: Session) => `/v1/customers/${customer}/carts/${randomUUID()}`;

/** A response of the service has JSON with a code; the bare 404 of a Functions host has neither. */
const isError = (body: Record<string, unknown> | undefined) => body?.code !== undefined;

export const appChecks: Check[] = [
  {
    name: 'The app responds',
    isGate: true,
    async run({ call }) {
      const response = await call('GET', '/health');
      return response.status === 200 && response.body?.status === 'healthy'
        ? passed('GET /health: 200')
        : failed(`GET /health: ${shown(response)}`, 'app');
    },
  },
  {
    name: 'The API description is served',
    async run({ call }) {
      const response = await call('GET', '/openapi.json');
      const paths = Object.keys(Object(response.body?.paths));
      return response.status === 200 && paths.length > 0
        ? passed(`${paths.length} paths`)
        : failed(`GET /openapi.json: ${shown(response)}`, 'app');
    },
  },
  {
    name: 'An unknown route is answered in the format of the API',
    async run({ call, customer }) {
      const response = await call('DELETE', `/v1/customers/${customer}/carts`);
      // Without a token the API does not say which routes it has.
      return [401, 404].includes(response.status) && isError(response.body)
        ? passed(String(response.status))
        : failed(`DELETE …/carts: ${shown(response)}`, 'app');
    },
  },
  {
    name: 'A request without a token is rejected',
    async run(session) {
      const response = await session.call('GET', cartPath(session));
      return response.status === 401 && isError(response.body)
        ? passed('401')
        : failed(`GET …/carts/{id}: ${shown(response)}`, 'app');
    },
  },
  {
    name: 'The app reads the keys that verify tokens',
    isGate: true,
    async run(session) {
      const response = await session.call('GET', cartPath(session), { token: unknownKeyToken() });
      if (response.status === 401) return passed('a token of an unknown key: 401');
      return failed(
        `a token of an unknown key: ${shown(response)}`,
        response.status === 503 ? 'keys' : 'app',
      );
    },
  },
  {
    name: 'Other forms of a path are accepted',
    async run({ call, customer }) {
      const carts = `customers/${customer}/carts/${randomUUID()}`;
      const forms = [`/v1//${carts}`, `/${carts}`, `/v1/v1/${carts}`, `/V1/${carts}/`];
      const responses = await Promise.all(forms.map((path) => call('GET', path)));
      const wrong = forms.filter((_, index) => responses[index]?.status !== 401);
      return wrong.length === 0
        ? passed(`${forms.length} forms`)
        : failed(`no 401: ${wrong.join(', ')}`, 'app');
    },
  },
  {
    name: 'A path that begins with two slashes is accepted',
    async run({ call, customer }) {
      const { status } = await call('GET', `//v1/customers/${customer}/carts/${randomUUID()}`);
      return status === 401
        ? passed('401')
        : noted(
            `${status}: callers must use a base URL without a trailing slash, unless Front Door is in front`,
          );
    },
  },
  {
    name: 'Storage and Service Bus respond',
    async run(session) {
      const response = await session.call('GET', '/ready');
      session.isReady = response.status === 200;
      if (session.isReady) return passed('GET /ready: 200');
      // With a token, reading a cart shows which one it is.
      if (session.token === undefined) return failed(`GET /ready: ${shown(response)}`, 'storage', 'broker');
      return noted(`GET /ready: ${shown(response)}; the next check shows which one`);
    },
  },
  {
    name: 'The token is accepted, and storage can be read',
    needs: 'token',
    isGate: true,
    async run(session) {
      const response = await session.call('GET', cartPath(session), { token: session.token });
      const isRead = response.status === 404 && isError(response.body);
      if (isRead && session.isReady) return passed('a cart that does not exist: 404');
      if (isRead) return failed('GET /ready: 503, but storage can be read', 'broker');
      const shownResponse = `GET …/carts/{id}: ${shown(response)}`;
      if (response.status === 401 || response.status === 403) return failed(shownResponse, 'token');
      return failed(shownResponse, response.status === 503 ? 'storage' : 'app');
    },
  },
];

/** A well-formed token that no key service has signed: to reject it, the app has to read the keys. */
function unknownKeyToken(): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const seconds = Math.floor(Date.now() / 1_000);
  const header = part({ alg: 'RS256', typ: 'JWT', kid: randomUUID() });
  const claims = part({ iss: 'https://example.com/', iat: seconds, exp: seconds + 600 });
  return `${header}.${claims}.${randomBytes(256).toString('base64url')}`;
}
