/**
 * Authorization by function key. This host has one key, the master key, which grants every level on Azure too.
 * Guarantees that without a configured key only anonymous functions can be called.
 */

import type { HttpTrigger } from './httpTrigger.ts';
import { parseQuery } from './queryString.ts';
import type { Exchange } from './rpcRequest.ts';

/** Whether a request has the master key, in `x-functions-key` (which takes precedence) or `?code=`. */
export function hasMasterKey({ request, target }: Exchange, masterKey: string | undefined): boolean {
  const given = request.headers['x-functions-key'] ?? readCode(target.query);
  return masterKey !== undefined && given === masterKey;
}

/** Whether calling a function requires a key. */
export function requiresKey({ authLevel }: HttpTrigger): boolean {
  return authLevel !== 'anonymous';
}

function readCode(query: string): string | undefined {
  for (const [key, value] of parseQuery(query)) if (key.toLowerCase() === 'code') return value;
  return undefined;
}
