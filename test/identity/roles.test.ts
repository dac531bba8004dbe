/** Which roles open what: nothing is asked of applications, and of persons what the settings name. */
import { describe, expect, it } from 'vitest';
import { type Access, type Caller, roleFault } from '../../shared/identity/caller.ts';

const person = (...roles: string[]): Caller => ({
  tenant: 't',
  app: 'a',
  principal: 'p',
  kind: 'appUser',
  roles,
});
const READ_OR_WRITE = ['read', 'write'] as const;
const NAMED = { read: ['HelpdeskAgent'], write: ['AdminAgent', 'SalesAgent'] };
const mayDo = (caller: Caller, policy = NAMED) =>
  READ_OR_WRITE.filter((access: Access) => roleFault(caller, access, policy) === undefined);

describe('with named roles', () => {
  it.each([
    ['one role for reading', person('HelpdeskAgent'), ['read']],
    ['one role for writing, who may read too', person('SalesAgent'), ['read', 'write']],
    ['a role among others', person('x', 'AdminAgent'), ['read', 'write']],
    ['a role in another case', person('adminagent'), ['read', 'write']],
    ['no role', person(), []],
    ['another role', person('Admin'), []],
    ['a role called *', person('*'), []],
  ])('a person with %s', (_, caller, may) => {
    expect(mayDo(caller)).toEqual(may);
  });

  it('an application needs none', () => {
    expect(mayDo({ ...person(), kind: 'app' })).toEqual(READ_OR_WRITE);
  });

  it('refuses with 403 900150', () => {
    expect(roleFault(person(), 'write', NAMED)).toMatchObject({ name: 'roleMissing' });
  });
});

describe('with *', () => {
  it('Without roles in the settings, every caller has every permission', () => {
    expect(mayDo(person(), { read: ['*'], write: ['*'] })).toEqual(READ_OR_WRITE);
  });

  it('Without read roles in the settings, every caller may read', () => {
    expect(mayDo(person(), { read: ['*'], write: ['AdminAgent'] })).toEqual(['read']);
  });

  it('for writing alone, reading is still for whom it names', () => {
    expect(mayDo(person(), { read: ['HelpdeskAgent'], write: ['*'] })).toEqual(['write']);
  });
});

it('asks nothing where a route is open', () => {
  expect(roleFault(person(), 'open', { read: [], write: [] })).toBeUndefined();
});
