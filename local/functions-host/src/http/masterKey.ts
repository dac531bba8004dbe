/**
 * Function keys, reduced to the one this host has: the master key, which opens every level on Azure too. It
 * promises that without a key configured nothing but anonymous functions can be called.
 */

import type { HttpTrigger } from './httpTrigger.ts';
import type { Exchange } from './rpcRequest.ts';

/** Whether a request carries the master key, in `x-functions-key` (which wins) or as `?code=`. */
export function hasMasterKey({ request, target }: Exchange, masterKey: string | undefined): boolean {
  const given = request.headers['x-functions-key'] ?? new URLSearchParams(target.query).get('code');
  return masterKey !== undefined && given === masterKey;
}

/** Whether a function asks for a key at all. */
export function needsKey({ authLevel }: HttpTrigger): boolean {
  return authLevel !== 'anonymous';
}
