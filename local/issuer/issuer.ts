/**
 * The token issuer of the local stack, in place of Microsoft Entra ID and the managed identity endpoint. Tokens differ
 * from real ones only in the signing key, which the issuer publishes as a key set. It issues a token for every request:
 * only processes on this machine can reach 127.0.0.1.
 */
import { randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import { type HandlerResult, type JsonRequest, type JsonResponse, serveJson } from '../http/serveJson.ts';
import {
  claimsOf,
  issuerOf,
  localCaller,
  type TokenParameters,
  type TokenRequest,
  tokenRequest,
} from './claims.ts';
import { readIdentityRequest } from './managedIdentity.ts';
import { openSigningKey, type SigningKey } from './signingKey.ts';

export interface IssuerOptions {
  readonly port?: number;
  /** The file of the private key (PEM). Without it, tokens are valid until the process ends. */
  readonly keyFile?: string;
  /** The value that the managed identity endpoint requires in X-IDENTITY-HEADER. Default: random. */
  readonly identityHeader?: string;
}

export interface Issuer {
  readonly port: number;
  readonly url: string;
  readonly jwksUrl: string;
  /** The value of IDENTITY_ENDPOINT; `identityHeader` is that of IDENTITY_HEADER. */
  readonly identityEndpoint: string;
  readonly identityHeader: string;
  issuer(tenant: string): string;
  /** Issues a signed token. Throws when the request is invalid. */
  mint(request: TokenRequest): Promise<string>;
  close(): Promise<void>;
}

/** Starts the issuer on 127.0.0.1. Rejects when the port is in use or the key file cannot be read or written. */
export async function startIssuer(options: IssuerOptions = {}): Promise<Issuer> {
  const key = await openSigningKey(options.keyFile);
  const identityHeader = options.identityHeader ?? randomUUID();
  const server = await serveJson(options.port ?? 0, (request) => handle(request, key, identityHeader));
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

async function handle(request: JsonRequest, key: SigningKey, identityHeader: string): Promise<HandlerResult> {
  switch (`${request.method} ${request.path}`) {
    case 'GET /discovery/keys':
      return { status: 200, headers: { 'Cache-Control': 'max-age=3600' }, body: { keys: [key.jwk] } };
    case 'POST /token':
      return issueToken(request, key);
    case 'GET /msi/token':
      return issueIdentityToken(request, key, identityHeader);
    default:
      return {
        status: 404,
        body: { error: 'not_found', error_description: `The resource ${request.path} does not exist.` },
      };
  }
}

async function issueToken({ body }: JsonRequest, key: SigningKey): Promise<JsonResponse> {
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

async function issueIdentityToken(
  request: JsonRequest,
  key: SigningKey,
  secret: string,
): Promise<JsonResponse> {
  const identity = readIdentityRequest(request, secret);
  if ('error' in identity) return identity.error;
  const { resource, clientId = localCaller.app } = identity;
  const parsed = tokenRequest.safeParse({ audience: resource, app: clientId });
  if (!parsed.success)
    return { status: 400, body: { statusCode: 400, message: 'client_id must be a GUID.' } };
  const { token, expiresOn } = await sign(parsed.data, key);
  return {
    status: 200,
    headers: { 'Cache-Control': 'no-store' },
    body: {
      access_token: token,
      expires_on: String(expiresOn),
      resource,
      token_type: 'Bearer',
      client_id: parsed.data.app,
    },
  };
}

async function sign(
  parameters: TokenParameters,
  { privateKey, jwk }: SigningKey,
): Promise<{ token: string; expiresOn: number }> {
  const nowSeconds = Math.floor(Date.now() / 1000);
  const token = await new SignJWT(claimsOf(parameters, nowSeconds))
    .setProtectedHeader({ typ: 'JWT', alg: 'RS256', kid: jwk.kid })
    .sign(privateKey);
  return { token, expiresOn: nowSeconds + parameters.lifetimeSeconds };
}
