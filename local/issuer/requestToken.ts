/** Requests a token from a running issuer in another process. */
import { Refused } from '../../cli/refused.ts';
import { Unreachable } from '../../cli/service/errors.ts';
import type { TokenRequest } from './claims.ts';

/** Returns a signed token. Throws Unreachable when the issuer does not respond, and Refused when it rejects the request. */
export async function requestToken(issuerUrl: string, request: TokenRequest = {}): Promise<string> {
  const response = await fetch(`${issuerUrl}/token`, { method: 'POST', body: JSON.stringify(request) }).catch(
    () => {
      throw new Unreachable(`The token issuer at ${issuerUrl} does not respond.`);
    },
  );
  const result = (await response.json()) as { access_token?: string; error_description?: string };
  if (result.access_token === undefined)
    throw new Refused(`The token issuer rejected the request: ${result.error_description}`);
  return result.access_token;
}
