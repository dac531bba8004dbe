/**
 * A cookie of a handler's answer as ASP.NET writes it. It promises the attributes, their order and the default
 * `path=/` that Azure sends, so that a difference in a browser shows up here first.
 */
import type { CookieData } from '../worker/rpcTypes.ts';

const sameSites = { none: undefined, lax: 'lax', strict: 'strict', explicitNone: 'none' } as const;

/** The value of a Set-Cookie header. */
export function toSetCookie(cookie: CookieData): string {
  const sameSite = sameSites[cookie.sameSite ?? 'none'];
  const attributes = [
    `${cookie.name}=${escapeDataString(cookie.value)}`,
    cookie.expires && `expires=${new Date(cookie.expires.value.seconds * 1000).toUTCString()}`,
    cookie.maxAge && `max-age=${Math.trunc(cookie.maxAge.value)}`,
    cookie.domain && `domain=${cookie.domain.value}`,
    `path=${cookie.path?.value ?? '/'}`,
    cookie.secure?.value && 'secure',
    sameSite && `samesite=${sameSite}`,
    cookie.httpOnly?.value && 'httponly',
  ];
  return attributes.filter(Boolean).join('; ');
}

// .NET escapes five characters more than JavaScript does.
function escapeDataString(value: string): string {
  return encodeURIComponent(value).replace(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
