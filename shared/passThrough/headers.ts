/**
 * The headers of a passed-through request and of its response: everything as it came, except what describes one
 * connection, what the platform in front of this service adds, and what would change the method or the path behind
 * this service's back (docs/contract.md 23.5, 23.6). Pure.
 */
import type { Cookie } from '@azure/functions';

/** Describe one connection (RFC 9110, 7.6.1); the length and the host are those of the new request. */
const OF_THE_CONNECTION = [
  'connection',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
];
/** Would send the client to another server than this one (RFC 7838). */
const OF_THE_ORIGIN = ['alt-svc'];
/** Would let a request be handled as another one than was authorized. */
const OVERRIDES = [
  'x-http-method',
  'x-http-method-override',
  'x-method-override',
  'x-original-url',
  'x-rewrite-url',
];
/** Added by Azure's front ends, or meant for them: addresses, identities and keys of this deployment. */
const OF_THE_PLATFORM =
  /^(client-ip|disguised-host|forwarded|max-forwards|via|was-default-hostname|x-appservice-proto|x-functions-(clientid|key)|x-original-(for|host|proto)|x-real-ip|x-site-deployment-id|x-(arr|azure|fd|forwarded|ms-client-principal|waws)(-.*)?)$/;

const HEADER_VALUE = /^[\t\x20-\x7e]*$/;

/** The headers that Partner Center receives: those of the caller, the bearer token among them. */
export function requestHeaders(sent: Iterable<[string, string]>): Record<string, string> {
  const headers = [...sent].map(([name, value]): [string, string] => [name.toLowerCase(), value]);
  const dropped = new Set([...OF_THE_CONNECTION, ...OVERRIDES, ...namedByConnection(headers)]);
  // Never dropped, although a Connection header may name it: without it, the request would have another caller.
  dropped.delete('authorization');
  return Object.fromEntries(
    headers.filter(
      ([name, value]) => !dropped.has(name) && !OF_THE_PLATFORM.test(name) && HEADER_VALUE.test(value),
    ),
  );
}

/**
 * The headers and cookies that the caller receives, from a list of names and values as it came. Cookies are apart,
 * because the host's map of headers holds one value per name. The host sets the length.
 */
export function responseHeaders(raw: readonly string[]): {
  headers: Record<string, string>;
  cookies: Cookie[];
} {
  const lines = pairs(raw);
  const dropped = new Set([...OF_THE_CONNECTION, ...OF_THE_ORIGIN, ...namedByConnection(lines)]);
  const headers: Record<string, string> = {};
  const cookieLines: string[] = [];
  for (const [name, value] of lines) {
    if (dropped.has(name) || !HEADER_VALUE.test(value)) continue;
    if (name === 'set-cookie') cookieLines.push(value);
    else headers[name] = headers[name] === undefined ? value : `${headers[name]}, ${value}`;
  }
  const [only, ...more] = cookieLines;
  if (only === undefined) return { headers, cookies: [] };
  if (more.length === 0) return { headers: { ...headers, 'set-cookie': only }, cookies: [] };
  return { headers, cookies: cookieLines.map(cookieOf) };
}

const pairs = (raw: readonly string[]): [string, string][] =>
  raw.flatMap((name, n) => (n % 2 === 0 ? [[name.toLowerCase(), raw[n + 1] ?? '']] : []));

/** Headers that a Connection header declares to be about the connection. */
const namedByConnection = (lines: readonly [string, string][]): string[] =>
  lines
    .filter(([name]) => name === 'connection')
    .flatMap(([, value]) => value.split(',').map((name) => name.trim().toLowerCase()));

/** A `Set-Cookie` line as the host takes it; the host escapes the value again. */
function cookieOf(line: string): Cookie {
  const [pair = '', ...attributes] = line.split(';');
  const [name, value] = split(pair);
  const of = new Map(attributes.map(split).map(([key, given]) => [key.toLowerCase(), given]));
  const cookie: Cookie = { name, value: unescaped(value) };
  const domain = of.get('domain');
  if (domain !== undefined) cookie.domain = domain;
  const path = of.get('path');
  if (path !== undefined) cookie.path = path;
  const expires = Date.parse(of.get('expires') ?? '');
  if (!Number.isNaN(expires)) cookie.expires = expires;
  const maxAge = Number.parseInt(of.get('max-age') ?? '', 10);
  if (!Number.isNaN(maxAge)) cookie.maxAge = maxAge;
  const sameSite = SAME_SITE.find((one) => one.toLowerCase() === of.get('samesite')?.toLowerCase());
  if (sameSite !== undefined) cookie.sameSite = sameSite;
  if (of.has('secure')) cookie.secure = true;
  if (of.has('httponly')) cookie.httpOnly = true;
  return cookie;
}

const SAME_SITE = ['Strict', 'Lax', 'None'] as const;

function split(text: string): [name: string, value: string] {
  const at = text.indexOf('=');
  return at < 0 ? [text.trim(), ''] : [text.slice(0, at).trim(), text.slice(at + 1).trim()];
}

function unescaped(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
