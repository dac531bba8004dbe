/**
 * Formats a response cookie as ASP.NET does. Guarantees Azure's attributes, their order and the default `path=/`.
 */
import type { RpcHttpCookie } from '../worker/rpcTypes.ts';

const sameSites = { none: undefined, lax: 'lax', strict: 'strict', explicitNone: 'none' } as const;

/** Formats the value of a Set-Cookie header. */
export function toSetCookie(cookie: RpcHttpCookie): string {
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

// Uri.EscapeDataString also escapes the five characters that encodeURIComponent leaves.
function escapeDataString(value: string): string {
  return encodeURIComponent(value).replace(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
