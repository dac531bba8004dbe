/** Prints a token of the running local stack's issuer, and nothing else, so that it can be used in `$(…)`. */
import { decodeJwt } from 'jose/jwt/decode';
import { requestToken } from '../../local/issuer/requestToken.ts';
import { findRunning } from '../../local/stack/findRunning.ts';
import { readFolder } from '../commandLine.ts';
import { EXIT_CODES } from '../exitCodes.ts';
import type { Output } from '../terminal.ts';
import type { TokenOptions } from './command.ts';

/** Throws BadOption, or Unreachable when no stack is running. */
export async function printToken({ data, json, ...caller }: TokenOptions, out: Output): Promise<number> {
  const { issuerUrl } = await findRunning(readFolder('--data', data));
  const token = await requestToken(issuerUrl, caller);
  out.line(json ? JSON.stringify({ token, expiresTimestamp: expiryOf(token) }) : token);
  return EXIT_CODES.done.code;
}

const expiryOf = (token: string): string => new Date(Number(decodeJwt(token).exp) * 1_000).toISOString();
