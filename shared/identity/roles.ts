/**
 * What a caller's roles allow. Entra tokens name no Partner Center role unless the operator maps one, so
 * everybody may do everything until the settings name roles. Pure; it knows nothing of tokens or HTTP.
 */
import { type ApiError, apiError } from '../errors.ts';
import type { Caller } from './caller.ts';

/** What a route needs of its caller: nothing, not even a token (`open`); the right to see; the right to change. */
export type Access = 'open' | 'read' | 'write';

/** Roles of which a person needs one, each the value of a `roles`, `wids` or `groups` claim; `*` for everybody. */
export interface RolePolicy {
  read: readonly string[];
  write: readonly string[];
}

/** The error of a person who has no role for this; an application needs none (docs/contract.md 4.11). */
export function roleFault(caller: Caller, access: Access, policy: RolePolicy): ApiError | undefined {
  if (access === 'open' || caller.kind === 'app') return undefined;
  const accepted = rolesFor(access, policy);
  const isAllowed = accepted.some((role) => role === '*' || holds(caller, role));
  return isAllowed
    ? undefined
    : apiError('roleMissing', `None of your roles has the right to ${access} here.`);
}

/** Whoever is named for writing may read, because the answer to a write is the cart; a `*` there opens no reads. */
function rolesFor(access: 'read' | 'write', { read, write }: RolePolicy): readonly string[] {
  return access === 'write' ? write : [...read, ...write.filter((role) => role !== '*')];
}

/** In any case: GUIDs of groups and directory roles are copied from portals that spell them either way. */
function holds({ roles }: Caller, role: string): boolean {
  return roles.some((held) => held.toLowerCase() === role.toLowerCase());
}
