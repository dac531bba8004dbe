/**
 * Which URLs and addresses a webhook may have. A partner chooses the URL, and the service calls it from inside the
 * operator's network, so every address that is not public is refused: private, link-local, metadata, reserved, and every
 * IPv6 form that contains an IPv4 address (docs/contract.md 22.14, 22.15). Pure; a name is decided after its resolution.
 */
import { BlockList, isIP } from 'node:net';

export interface AddressPolicy {
  /** Whether `http` and loopback addresses are accepted: on the local stack only. */
  allowsLoopback: boolean;
}

/** Longest URL, in characters. */
const MAX_URL_CHARACTERS = 2_048;

/** Ranges of the IANA special-purpose registries, multicast, and Azure's platform address. */
const IPV4 = [
  ...['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12'],
  ...['192.0.0.0/24', '192.0.2.0/24', '192.31.196.0/24', '192.52.193.0/24', '192.88.99.0/24'],
  ...['192.168.0.0/16', '192.175.48.0/24', '198.18.0.0/15', '198.51.100.0/24', '203.0.113.0/24'],
  ...['224.0.0.0/4', '240.0.0.0/4', '168.63.129.16/32'],
];
/**
 * Only 2000::/3 is public, and these parts of it are not. `2001::/23` includes Teredo and `2002::/16` is 6to4: both
 * contain IPv4 addresses, as do `::/96`, `::ffff:0:0/96` and `64:ff9b::/96`, which are outside of 2000::/3.
 */
const PUBLIC_IPV6 = '2000::/3';
const IPV6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20', '2620:4f:8000::/48'];

const blocked4 = listOf(IPV4, 'ipv4');
const blocked6 = listOf(IPV6, 'ipv6');
const public6 = listOf([PUBLIC_IPV6], 'ipv6');
const loopback4 = listOf(['127.0.0.0/8'], 'ipv4');

function listOf(ranges: readonly string[], family: 'ipv4' | 'ipv6'): BlockList {
  const list = new BlockList();
  for (const range of ranges) {
    const [address = '', prefix] = range.split('/');
    list.addSubnet(address, Number(prefix), family);
  }
  return list;
}

/** Names that resolve inside a network only. */
const LOCAL_NAME =
  /(?:^|\.)(?:localhost|local|internal|intranet|lan|home\.arpa|localdomain|onion|test|invalid)$/;

/** Why an IP address must not be called; `undefined` when it may be. */
export function addressProblem(address: string, { allowsLoopback }: AddressPolicy): string | undefined {
  const family = isIP(address);
  if (family === 0) return `${address} is not an IP address`;
  if (allowsLoopback && isLoopback(address)) return undefined;
  if (family === 4) return blocked4.check(address, 'ipv4') ? `${address} is not a public address` : undefined;
  // A zone id, such as in fe80::1%eth0, makes an address local to a link.
  const isPublic =
    !address.includes('%') && public6.check(address, 'ipv6') && !blocked6.check(address, 'ipv6');
  return isPublic ? undefined : `${address} is not a public address`;
}

const isLoopback = (address: string): boolean =>
  isIP(address) === 4 ? loopback4.check(address, 'ipv4') : address === '::1';

/** The host of a URL without the brackets of an IPv6 address. */
export const hostOf = (url: URL): string => url.hostname.replace(/^\[(.*)\]$/, '$1');

/**
 * The URL of a webhook, or why it is not accepted, as the end of a sentence about the URL. The parser of URLs has
 * normalized numbers such as `2130706433` and `0x7f.1` to the address that they mean.
 */
export function readWebhookUrl(text: string, policy: AddressPolicy): { url: URL } | { problem: string } {
  // The parser would remove or replace them, and the registration would show another URL than the one that is called.
  if (/[\s\p{Cc}\p{Cs}]/u.test(text)) return { problem: 'must not contain spaces or control characters' };
  const url = text.length <= MAX_URL_CHARACTERS ? URL.parse(text) : null;
  if (url === null) return { problem: `must be a URL of at most ${MAX_URL_CHARACTERS} characters` };
  const problem = formProblem(text, url) ?? urlProblem(url, policy);
  return problem === undefined ? { url } : { problem };
}

/** What the parser adds or removes, so that it cannot be seen in the parsed URL: slashes, and empty parts. */
function formProblem(text: string, { protocol }: URL): string | undefined {
  const prefix = `${protocol}//`;
  if (!text.toLowerCase().startsWith(prefix)) return 'must begin with https://';
  const [authority = ''] = text.slice(prefix.length).split(/[/\\?#]/);
  if (authority === '') return 'must begin with https:// and a host';
  if (authority.includes('@')) return 'must not contain a user name or a password';
  return text.includes('#') ? 'must not contain a fragment' : undefined;
}

function urlProblem(url: URL, policy: AddressPolicy): string | undefined {
  const host = hostOf(url);
  const isLocal = policy.allowsLoopback && (host === 'localhost' || isLoopback(host));
  if (url.protocol !== 'https:' && !(isLocal && url.protocol === 'http:')) return 'must begin with https://';
  if (isLocal) return undefined;
  if (url.port) return 'must use port 443';
  if (isIP(host)) return addressProblem(host, policy) && 'must not name an address that is not public';
  const name = host.toLowerCase().replace(/\.$/, '');
  const isPublic = name.includes('.') && !name.split('.').includes('') && !LOCAL_NAME.test(name);
  return isPublic ? undefined : 'must name a public host';
}
