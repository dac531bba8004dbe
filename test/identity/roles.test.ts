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
const NAMED = { read: ['HelpdeskAgent'], write: ['AdminAgent', 'SalesAgent'], erase: [] as string[] };
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
    expect(permissionsOf(user(), { read: ['*'], write: ['*'], erase: [] })).toEqual(READ_OR_WRITE);
  });

  it('With * for reading only, every user may read', () => {
    expect(permissionsOf(user(), { read: ['*'], write: ['AdminAgent'], erase: [] })).toEqual(['read']);
  });

  it('With * for writing only, reading still needs a role', () => {
    expect(permissionsOf(user(), { read: ['HelpdeskAgent'], write: ['*'], erase: [] })).toEqual(['write']);
  });
});

describe('the roles of an erasure', () => {
  const policy = { read: ['*'], write: ['*'], erase: ['PrivacyOfficer'] };
  const application = (...roles: string[]): Caller => ({ ...user(...roles), kind: 'app' });

  it.each([
    ['A user with a role for writing may not erase', user('AdminAgent'), false],
    ['A user with the role for erasing may erase', user('privacyofficer'), true],
    ['An application without the role for erasing may not erase', application(), false],
    ['An application with the role for erasing may erase', application('PrivacyOfficer'), true],
  ])('%s', (_, caller, isAllowed) => {
    expect(roleFault(caller, 'erase', policy) === undefined).toBe(isAllowed);
  });

  it('No caller may erase by default, and every caller may with *', () => {
    for (const caller of [user('*'), application('AdminAgent')]) {
      expect(roleFault(caller, 'erase', { ...policy, erase: [] })).toMatchObject({ name: 'roleMissing' });
      expect(roleFault(caller, 'erase', { ...policy, erase: ['*'] })).toBeUndefined();
    }
  });
});

it('An open route needs no role', () => {
  expect(roleFault(user(), 'open', { read: [], write: [], erase: [] })).toBeUndefined();
});
