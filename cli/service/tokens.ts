/**
 * Bearer tokens: one that is given, or one that a file, a command or the local stack's issuer provides again when the
 * service no longer accepts the last one. A bulk order can run for longer than a token is valid.
 */
import { exec } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { fromCaller } from '../commandLine.ts';
import { BadFile, BadOption } from '../refused.ts';

export interface TokenSource {
  /** The token as the source has it now. Throws Refused when it has none. */
  read(): Promise<string>;
  /** Whether the source may have another token later. */
  readonly isRenewable: boolean;
}

const COMMAND_MS = 60_000;

export const fixedToken = (token: string): TokenSource => ({
  read: async () => tokenIn(token, '--token'),
  isRenewable: false,
});

/** The token in a file, which another process may renew. */
export const fileToken = (path: string): TokenSource => ({
  async read() {
    const text = await readFile(fromCaller(path), 'utf8').catch(({ code }: NodeJS.ErrnoException) => {
      throw new BadFile(`The token file ${path} cannot be read (${code}).`);
    });
    return tokenIn(text, `The token file ${path}`);
  },
  isRenewable: true,
});

/** The token that a shell command prints, such as `az account get-access-token --resource …`. */
export const commandToken = (command: string): TokenSource => ({
  async read() {
    const { stdout } = await promisify(exec)(command, { timeout: COMMAND_MS }).catch((error) => {
      const { code, signal, stderr = '' } = error as { code?: number; signal?: string; stderr?: string };
      const why = [code === undefined ? signal : `exit code ${code}`, stderr.trim()]
        .filter(Boolean)
        .join(': ');
      throw new BadOption(`The token command failed (${why}).`);
    });
    return tokenIn(stdout, 'The output of the token command');
  },
  isRenewable: true,
});

/** A token that another function requests each time. */
export const requestedToken = (request: () => Promise<string>): TokenSource => ({
  read: request,
  isRenewable: true,
});

/** The token alone, after `Bearer`, or in the JSON of `az account get-access-token` and OAuth endpoints. */
function tokenIn(text: string, what: string): string {
  const token = (jsonToken(text) ?? text).trim().replace(/^Bearer\s+/i, '');
  if (/^[\x21-\x7e]+$/.test(token)) return token;
  throw new BadOption(`${what} must be a bearer token.`);
}

function jsonToken(text: string): string | undefined {
  if (!text.trimStart().startsWith('{')) return undefined;
  try {
    const { accessToken, access_token: oauth } = JSON.parse(text) as Record<string, unknown>;
    const found = accessToken ?? oauth;
    return typeof found === 'string' ? found : '';
  } catch {
    return '';
  }
}
