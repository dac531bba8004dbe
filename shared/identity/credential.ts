/**
 * The credentials of this service in Azure, loaded when the first token is needed: a managed identity there, the
 * developer's sign-in elsewhere, or a separate application with a secret or a certificate.
 */
import type { TokenCredential, TokenCredentialOptions } from '@azure/identity';
import { openOnce } from '../openOnce.ts';
import { TOKEN_TIMEOUTS, withTimeout } from '../timeouts.ts';

/** Who the service is to another service. */
export type Identity =
  | { kind: 'secret'; tenant: string; clientId: string; secret: string }
  | { kind: 'certificate'; tenant: string; clientId: string; certificatePath: string }
  /** A user-assigned managed identity. */
  | { kind: 'assigned'; clientId: string }
  /** The same as towards storage and broker. */
  | { kind: 'own' };

/** How its tokens are got; a test says from whom. */
export type CredentialOptions = TokenCredentialOptions & { disableInstanceDiscovery?: boolean };

/**
 * Whether an error says that there was no token to make a call with: the token's issuer or the identity of the host
 * did not answer, and may the next time. Known by name, because the package is loaded on first use.
 */
export function isTokenFailure(error: unknown): boolean {
  return (
    error instanceof Error &&
    /^(CredentialUnavailable|Authentication|AggregateAuthentication)Error$/.test(error.name)
  );
}

/**
 * One credential a process; it keeps its tokens. On Azure, `AZURE_TOKEN_CREDENTIALS` narrows it to the managed identity,
 * and `AZURE_CLIENT_ID` names which one; elsewhere it is the developer's sign-in. The SDK reads both variables.
 */
export const azureCredential = openOnce(async (): Promise<TokenCredential> => {
  const { DefaultAzureCredential } = await import('@azure/identity');
  return new DefaultAzureCredential();
});

/** The credential of an identity: the same one for every token, because it keeps them. */
export function credentialOf(identity: Identity, options: CredentialOptions = {}) {
  if (identity.kind === 'own') return azureCredential;
  return openOnce(() => open(identity, options));
}

async function open(
  identity: Exclude<Identity, { kind: 'own' }>,
  options: CredentialOptions,
): Promise<TokenCredential> {
  const azure = await import('@azure/identity');
  switch (identity.kind) {
    case 'secret':
      return new azure.ClientSecretCredential(identity.tenant, identity.clientId, identity.secret, options);
    case 'certificate': {
      const { tenant, clientId, certificatePath } = identity;
      return new azure.ClientCertificateCredential(tenant, clientId, { certificatePath }, options);
    }
    case 'assigned':
      return new azure.DefaultAzureCredential({ ...options, managedIdentityClientId: identity.clientId });
  }
}

/**
 * Bearer tokens for a scope. The credential keeps them until they run out; who asks while a token is on its
 * way gets that one. Rejects when there is none within seconds.
 */
export function bearerOf(credential: () => Promise<TokenCredential>, scope: string): () => Promise<string> {
  let asked: Promise<string> | undefined;
  return () => {
    asked ??= withTimeout(TOKEN_TIMEOUTS.callMs, ask()).finally(() => {
      asked = undefined;
    });
    return asked;
  };

  async function ask(): Promise<string> {
    const abortSignal = AbortSignal.timeout(TOKEN_TIMEOUTS.callMs);
    const token = await (await credential()).getToken(scope, { abortSignal });
    if (!token) throw new Error('The credential has no token.');
    return token.token;
  }
}
