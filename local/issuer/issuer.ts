/**
 * The token issuer of one machine, in place of Microsoft Entra ID and of a managed identity: it signs with a
 * key of its own, publishes that key, and hands a token to whoever asks, because whoever can reach 127.0.0.1
 * is the developer. It promises tokens that differ from real ones in nothing but the key.
 */
import { randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import { type Answer, type JsonAnswer, type JsonRequest, serveJson } from '../http/serveJson.ts';
import {
  claimsOf,
  issuerOf,
  localCaller,
  type TokenOrder,
  type TokenRequest,
  tokenRequest,
} from './claims.ts';
import { readIdentityRequest } from './managedIdentity.ts';
import { openSigningKey, type SigningKey } from './signingKey.ts';

export interface IssuerOptions {
  readonly port?: number;
  /** Where the private key is kept (PEM). Without it, tokens end with the process. */
  readonly keyFile?: string;
  /** What the managed-identity endpoint wants to see in X-IDENTITY-HEADER; a random one by default. */
  readonly identityHeader?: string;
}

export interface Issuer {
  readonly port: number;
  readonly url: string;
  readonly jwksUrl: string;
  /** For IDENTITY_ENDPOINT and IDENTITY_HEADER. */
  readonly identityEndpoint: string;
  readonly identityHeader: string;
  issuer(tenant: string): string;
  /** A signed token; throws when the request is no token request. */
  mint(request: TokenRequest): Promise<string>;
  close(): Promise<void>;
}

/** Starts the issuer; rejects when the port is taken or the key file cannot be read or written. */
export async function startIssuer(options: IssuerOptions = {}): Promise<Issuer> {
  const key = await openSigningKey(options.keyFile);
  const identityHeader = options.identityHeader ?? randomUUID();
  const server = await serveJson(options.port ?? 0, (request) => answer(request, key, identityHeader));
  return {
    port: server.port,
    url: server.url,
    jwksUrl: `${server.url}/discovery/keys`,
    identityEndpoint: `${server.url}/msi/token`,
    identityHeader,
    issuer: issuerOf,
    mint: async (request) => (await sign(tokenRequest.parse(request), key)).token,
    close: server.close,
  };
}

async function answer(request: JsonRequest, key: SigningKey, identityHeader: string): Promise<Answer> {
  switch (`${request.method} ${request.path}`) {
    case 'GET /discovery/keys':
      return { status: 200, headers: { 'Cache-Control': 'max-age=3600' }, body: { keys: [key.jwk] } };
    case 'POST /token':
      return answerToken(request, key);
    case 'GET /msi/token':
      return answerIdentity(request, key, identityHeader);
    default:
      return {
        status: 404,
        body: { error: 'not_found', error_description: `There is no ${request.path} here.` },
      };
  }
}

async function answerToken({ body }: JsonRequest, key: SigningKey): Promise<JsonAnswer> {
  const parsed = tokenRequest.safeParse(body);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const where = issue?.path.join('.') || 'body';
    return {
      status: 400,
      body: { error: 'invalid_request', error_description: `${where}: ${issue?.message}` },
    };
  }
  const { token, expiresOn } = await sign(parsed.data, key);
  return {
    status: 200,
    headers: { 'Cache-Control': 'no-store' },
    body: {
      token_type: 'Bearer',
      access_token: token,
      expires_in: parsed.data.lifetimeSeconds,
      expires_on: String(expiresOn),
      resource: parsed.data.audience,
    },
  };
}

async function answerIdentity(request: JsonRequest, key: SigningKey, secret: string): Promise<JsonAnswer> {
  const asked = readIdentityRequest(request, secret);
  if ('refusal' in asked) return asked.refusal;
  const order = tokenRequest.safeParse({ audience: asked.resource, app: asked.clientId ?? localCaller.app });
  if (!order.success) return { status: 400, body: { statusCode: 400, message: 'client_id is no GUID.' } };
  const { token, expiresOn } = await sign(order.data, key);
  return {
    status: 200,
    headers: { 'Cache-Control': 'no-store' },
    body: {
      access_token: token,
      expires_on: String(expiresOn),
      resource: asked.resource,
      token_type: 'Bearer',
      client_id: order.data.app,
    },
  };
}

async function sign(
  order: TokenOrder,
  { privateKey, jwk }: SigningKey,
): Promise<{ token: string; expiresOn: number }> {
  const nowSeconds = Math.floor(Date.now() / 1000);
  const token = await new SignJWT(claimsOf(order, nowSeconds))
    .setProtectedHeader({ typ: 'JWT', alg: 'RS256', kid: jwk.kid })
    .sign(privateKey);
  return { token, expiresOn: nowSeconds + order.lifetimeSeconds };
}
