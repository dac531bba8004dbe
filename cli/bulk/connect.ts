/** Which service is meant: the one that the command names, else the environment's, else the running local stack's. */
import { requestToken } from '../../local/issuer/requestToken.ts';
import { findRunning } from '../../local/stack/findRunning.ts';
import { BadOption, Refused } from '../refused.ts';
import type { Connection } from './commandLine.ts';
import { Unreachable } from './refusals.ts';

/** Its URL, without `/v1`, and a token for it; throws BadOption, or Unreachable when no stack is running. */
export async function connect({
  url = process.env.CARTWRIGHT_URL || undefined,
  token = process.env.CARTWRIGHT_TOKEN || undefined,
  data,
}: Connection): Promise<{ url: string; token: string }> {
  if (data === undefined && (url ?? token) !== undefined) {
    if (token === undefined) throw new BadOption('--url needs --token.');
    if (url === undefined) throw new BadOption('--token needs --url.');
    return { url: rootOf(url), token };
  }
  try {
    const running = await findRunning(data, 'Another service is named by --url and --token.');
    return { url: running.url, token: await requestToken(running.issuerUrl) };
  } catch (error) {
    throw error instanceof Refused ? new Unreachable(error.message) : error;
  }
}

function rootOf(text: string): string {
  const url = URL.parse(text);
  if (url && /^https?:$/.test(url.protocol)) {
    return `${url.origin}${url.pathname}`.replace(/\/+(v1\/*)?$/i, '');
  }
  throw new BadOption(`--url must be a URL such as https://carts.example, not '${text}'.`);
}
