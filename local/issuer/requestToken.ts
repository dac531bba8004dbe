/**
 * Asks a running issuer for a token, for whoever is in another process: the stack, `npm run token`, tests.
 */
import { Refused } from '../../cli/refused.ts';
import type { TokenRequest } from './claims.ts';

/** A signed token; throws Refused when nobody answers, or with the member that is wrong. */
export async function requestToken(issuerUrl: string, request: TokenRequest = {}): Promise<string> {
  const response = await fetch(`${issuerUrl}/token`, { method: 'POST', body: JSON.stringify(request) }).catch(
    () => {
      throw new Refused(`The token issuer at ${issuerUrl} does not answer.`);
    },
  );
  const answer = (await response.json()) as { access_token?: string; error_description?: string };
  if (answer.access_token === undefined)
    throw new Refused(`No token was issued: ${answer.error_description}`);
  return answer.access_token;
}
