/**
 * The caller of a request, as the verified token identifies it, and what its roles permit. Entra tokens name no Partner
 * Center role unless the operator maps one, so every user is permitted everything until the settings name roles.
 */
import { type ApiError, apiError } from '../errors.ts';

export interface Caller {
  /** Partner tenant, a lower-case GUID: the first part of every partition key. */
  tenant: string;
  /** Client id of the application. */
  app: string;
  /** Object id of the user, or of the application's service principal. */
  principal: string;
  /** `appUser`: a person has signed in, with more than a password. */
  kind: 'app' | 'appUser';
  /** What the issuer says the caller belongs to: app roles, directory roles and groups, as spelled in the token. */
  roles: readonly string[];
}

/** What a route needs of its caller: nothing, not even a token (`open`); the right to see; to change; to erase. */
export type Access = 'open' | 'read' | 'write' | 'erase';

/** Roles of which a person needs one, each the value of a `roles`, `wids` or `groups` claim; `*` for everybody. */
export interface RolePolicy {
  read: readonly string[];
  write: readonly string[];
  /** Applications need one of these as well. */
  erase: readonly string[];
}

/** The error of a caller who has no role for this; an application needs none but to erase (docs/contract.md 4.11, 26.1). */
export function roleFault(caller: Caller, access: Access, policy: RolePolicy): ApiError | undefined {
  if (access === 'open' || (caller.kind === 'app' && access !== 'erase')) return undefined;
  const accepted = rolesFor(access, policy);
  const isAllowed = accepted.some((role) => role === '*' || holds(caller, role));
  return isAllowed
    ? undefined
    : apiError('roleMissing', `None of your roles has the right to ${access} here.`);
}

/** A role that permits writing permits reading, because the response to a write is the cart; `*` for writing permits no reads. */
function rolesFor(access: Exclude<Access, 'open'>, { read, write, erase }: RolePolicy): readonly string[] {
  if (access === 'erase') return erase;
  return access === 'write' ? write : [...read, ...write.filter((role) => role !== '*')];
}

/** In any case: GUIDs of groups and directory roles are copied from portals that spell them either way. */
function holds({ roles }: Caller, role: string): boolean {
  return roles.some((held) => held.toLowerCase() === role.toLowerCase());
}
