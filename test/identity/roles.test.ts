/** The roles that a user needs to read and write. Applications need none. */
import { describe, expect, it } from 'vitest';
import { type Access, type Caller, roleFault } from '../../shared/identity/caller.ts';

const user = (...roles: string[]): Caller => ({
  tenant: 't',
  app: 'a',
  principal: 'p',
  kind: 'appUser',
  roles,
});
const READ_OR_WRITE = ['read', 'write'] as const;
const NAMED = { read: ['HelpdeskAgent'], write: ['AdminAgent', 'SalesAgent'] };
const permissionsOf = (caller: Caller, policy = NAMED) =>
  READ_OR_WRITE.filter((access: Access) => roleFault(caller, access, policy) === undefined);

describe('roles in the settings', () => {
  it.each([
    ['a role for reading', ['read'], user('HelpdeskAgent')],
    ['a role for writing', ['read', 'write'], user('SalesAgent')],
    ['a role among others', ['read', 'write'], user('x', 'AdminAgent')],
    ['a role in lower case', ['read', 'write'], user('adminagent')],
    ['no role', [], user()],
    ['another role', [], user('Admin')],
    ['a role named *', [], user('*')],
  ])('A user with %s has the permissions %j', (_, permissions, caller) => {
    expect(permissionsOf(caller)).toEqual(permissions);
  });

  it('An application needs no role', () => {
    expect(permissionsOf({ ...user(), kind: 'app' })).toEqual(READ_OR_WRITE);
  });

  it('A missing role is rejected with roleMissing', () => {
    expect(roleFault(user(), 'write', NAMED)).toMatchObject({ name: 'roleMissing' });
  });
});

describe('the wildcard *', () => {
  it('With * for reading and writing, every user may read and write', () => {
    expect(permissionsOf(user(), { read: ['*'], write: ['*'] })).toEqual(READ_OR_WRITE);
  });

  it('With * for reading only, every user may read', () => {
    expect(permissionsOf(user(), { read: ['*'], write: ['AdminAgent'] })).toEqual(['read']);
  });

  it('With * for writing only, reading still needs a role', () => {
    expect(permissionsOf(user(), { read: ['HelpdeskAgent'], write: ['*'] })).toEqual(['write']);
  });
});

it('An open route needs no role', () => {
  expect(roleFault(user(), 'open', { read: [], write: [] })).toBeUndefined();
});
