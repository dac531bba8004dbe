/**
 * The route of everything that Partner Center answers (docs/contract.md 23). It runs after the caller is authenticated
 * and authorized, like every other route.
 */
import type { Access } from '../identity/caller.ts';
import { isSafe } from '../passThrough/target.ts';
import type { Upstream } from '../passThrough/upstream.ts';
import type { Route } from './route.ts';

/** What a request of this method needs where no route says it: one that changes nothing needs the right to read. */
export const accessOf = (method: string): Access => (isSafe(method) ? 'read' : 'write');

/** The route of a request that needs this access. */
export function partnerCenterRoute(
  upstream: Upstream,
  access: Access,
): Pick<Route, 'name' | 'path' | 'access' | 'handle'> {
  return {
    name: 'passThrough',
    path: '{*path}',
    access,
    async handle(received, ports) {
      const { passRequest } = await import('./passRequest.ts');
      return passRequest(received, ports, upstream);
    },
  };
}
