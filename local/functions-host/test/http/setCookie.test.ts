import { expect, test } from 'vitest';
import { toSetCookie } from '../../src/http/setCookie.ts';

test('A cookie without a path gets path=/', () => {
  expect(toSetCookie({ name: 'a', value: 'b' })).toBe('a=b; path=/');
  expect(toSetCookie({ name: 'a', value: 'b', path: { value: '/c' } })).toBe('a=b; path=/c');
});

test('Cookie attributes are written in the order of ASP.NET', () => {
  const cookie = {
    name: 'a',
    value: "it's (b;c)",
    domain: { value: 'example.com' },
    expires: { value: { seconds: 1_800_000_000 } },
    secure: { value: true },
    httpOnly: { value: true },
    sameSite: 'explicitNone',
    maxAge: { value: 12.7 },
  } as const;

  expect(toSetCookie(cookie)).toBe(
    'a=it%27s%20%28b%3Bc%29; expires=Fri, 15 Jan 2027 08:00:00 GMT; max-age=12; domain=example.com; path=/; secure; samesite=none; httponly',
  );
});
