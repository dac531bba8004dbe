/** The service in this process with pass-through to a server of the test; responses as the Functions library gets them. */
import { HttpRequest, type HttpResponseInit, InvocationContext } from '@azure/functions';
import { routeEntries } from '../../functions/http/routeEntries.ts';
import { issuerOf, partnerCenterAudience } from '../../local/issuer/claims.ts';
import { composeService } from '../../shared/compose.ts';
import { readSettings } from '../../shared/config.ts';
import { dispatch } from '../../shared/http/pipeline.ts';
import type { KeyServer } from '../identity/keyServer.ts';
import { newWorld } from '../support/ports.ts';
import { NOW } from '../support/samples.ts';

export interface Answered {
  status: number;
  headers: Record<string, string>;
  cookies: HttpResponseInit['cookies'];
  bytes: Buffer;
  /** The body as JSON; undefined when it is none. */
  json: Record<string, unknown> | undefined;
}

export type Ask = (
  method: string,
  path: string,
  sent?: { headers?: Record<string, string>; body?: Uint8Array | string },
) => Promise<Answered>;

/** A client of a service with these settings, and what the service logged. */
export function passingThrough(
  keys: KeyServer,
  url: string,
  settings: Record<string, string> = {},
): { ask: Ask; log: [string, Record<string, unknown> | undefined][] } {
  const { ports } = newWorld(NOW);
  const log: [string, Record<string, unknown> | undefined][] = [];
  const write = (what: string, about?: Record<string, unknown>) => void log.push([what, about]);
  const service = composeService(
    readSettings({
      AUTH_JWKS_URL: keys.url,
      AUTH_ISSUERS: issuerOf('{tid}'),
      AUTH_AUDIENCES: partnerCenterAudience,
      AUTH_TENANTS: '*',
      CHECKOUT_WAIT: 'PT0S',
      CartStorage: 'never connected to',
      ServiceBusConnection: 'never connected to',
      ORDER_GATEWAY: 'partnerCenter',
      PARTNER_CENTER_URL: url,
      PARTNER_CENTER_TIMEOUT: 'PT2S',
      ...settings,
    }),
  );
  const inMemory = {
    ...service,
    ports: () => ({ ...ports, log: { info: write, warn: write, error: write } }),
  };
  return {
    log,
    async ask(method, path, { headers = {}, body } = {}) {
      const request = new HttpRequest({
        method,
        url: path.startsWith('http') ? path : `http://localhost${path}`,
        headers,
        ...(body === undefined
          ? {}
          : { body: { bytes: typeof body === 'string' ? Buffer.from(body) : body } }),
      });
      const answer = await dispatch(routeEntries, request, new InvocationContext(), inMemory);
      const bytes = Buffer.from((answer.body as string | Uint8Array | undefined) ?? '');
      return {
        status: answer.status ?? 0,
        headers: answer.headers as Record<string, string>,
        cookies: answer.cookies,
        bytes,
        json: parse(bytes),
      };
    },
  };
}

function parse(bytes: Buffer): Record<string, unknown> | undefined {
  try {
    return JSON.parse(bytes.toString());
  } catch {
    return undefined;
  }
}
