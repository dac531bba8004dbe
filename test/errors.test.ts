/** The table of errors, and how clients react to each. */
import { expect, it } from 'vitest';
import { apiError, ERRORS, ServiceError } from '../shared/errors.ts';
import { sourceFiles } from './support/sourceFiles.ts';

const entries = Object.entries(ERRORS);

it.each(entries.filter(([, { retryable }]) => !retryable))(
  'The error %s, which is not retryable, has a status that the Java SDK does not retry indefinitely',
  (name, { status }) => {
    const allowed = name === 'etagMismatch' ? [412] : [400, 401, 403, 404, 409];

    expect(allowed).toContain(status);
  },
);

it.each([
  ['accessDenied', 401, '400'],
  ['routeNotFound', 404, '1000'],
  ['tooManyRequests', 429, '429'],
  ['etagMismatch', 412, '2055'],
  ['tenantNotAllowed', 403, '20002'],
  ['orderNotFound', 404, '20000'],
  ['invalidInput', 400, '800002'],
  ['serviceFailed', 500, '800003'],
  ['cartNotFound', 404, '800008'],
  ['lineItemErrors', 400, '800009'],
  ['checkoutInProgress', 409, '800060'],
  ['cartBusy', 409, '800064'],
  ['alreadyOrdered', 400, '800065'],
  ['customerIdInvalid', 400, '900118'],
  ['enumInvalid', 400, '900126'],
  ['catalogItemMissing', 400, '900142'],
  ['attestationMissing', 400, '900206'],
  ['billingCycleInvalid', 400, '900269'],
  ['roleMissing', 403, '900150'],
  ['appOnlyNotSupported', 403, '900329'],
] as const)('The error %s has the status %i and the code %s, as in Partner Center', (name, status, code) => {
  expect(ERRORS[name]).toMatchObject({ status, code });
});

it.each(entries)('The wire contract lists the error %s by status and code', (_, { status, code }) => {
  const [contract] = sourceFiles('docs/contract.md');

  expect(contract?.text).toContain(`| ${status} | \`${code}\` |`);
});

it('Every error has a sentence that describes when it occurs', () => {
  for (const [, { when }] of entries) expect(when).toMatch(/^[A-Z].*\.$/);
});

it('A ServiceError carries an error through code that cannot return it', () => {
  const error = apiError('cartBusy', 'Another request is changing the cart.', { retryAfterMs: 1_000 });
  const cause = new Error('the cause');

  const thrown = new ServiceError(error, { cause });

  expect(thrown).toMatchObject({ name: 'ServiceError', message: error.description, apiError: error, cause });
});
