/**
 * Records the links of every response that a suite receives (`links` at any depth, `next` among them, and `Location`),
 * and follows them after each test with the credentials of the request. A link resolves when it answers 200, or rejects
 * the caller; a 404, a 405 and a 5xx are broken links. What is followed is recorded as well, so that links of links are
 * followed, too. Each pattern is followed once: where it was found, and the link with the ids that a test or the service
 * generates masked. Ids of the catalogue are kept, because a link to one product may resolve and another not.
 */

/** A response that was received, and how its links are followed. */
export interface Received {
  /** The base URL of the service: it distinguishes the patterns of several services. */
  service: string;
  method: string;
  path: string;
  status: number;
  location: string | null;
  body: unknown;
  /** Sends a request as the same caller and client. */
  follow: (method: string, path: string, body?: unknown) => Promise<Followed>;
}

export interface Followed {
  status: number;
  headers: { get(name: string): string | null };
  body: { code?: unknown; description?: unknown };
}

interface Link {
  /** Where it was found, such as `items[].links.self`. */
  member: string;
  method: string;
  uri: string;
}

export interface LinkRecorder {
  record(received: Received): void;
  /** A link that matches may lead nowhere until `broken` is called, for a reason that the test states. */
  excuse(link: RegExp, reason: string): void;
  /** Follows what was recorded since the last call, of one service or of all; returns the links that do not resolve. */
  broken(service?: string): Promise<string[]>;
  /** The links that were followed, as method and masked URI. */
  followed(): string[];
}

/** Patterns that are followed of one place in a response, such as the lines of orders: ids of unknown form make one each. */
const MAX_OF_A_PLACE = 20;

/** A recorder without memory of other files. */
export function linkRecorder(): LinkRecorder {
  const seen = new Set<string>();
  const places = new Map<string, number>();
  const followed = new Set<string>();
  let waiting: { received: Received; link: Link }[] = [];
  let excused: RegExp[] = [];
  return {
    record(received) {
      const { service, method, path, status, location, body } = received;
      const source = `${method} ${masked(path.replace(/\?.*$/s, ''))} ${status}`;
      const ofHeader = location === null ? [] : [{ member: 'Location', method: 'GET', uri: location }];
      for (const link of [...ofHeader, ...linksIn(body)]) {
        const place = [service, source, link.member, link.method].join(' ');
        const pattern = `${place} ${masked(link.uri)}`;
        const before = places.get(place) ?? 0;
        if (seen.has(pattern) || before === MAX_OF_A_PLACE) continue;
        seen.add(pattern);
        places.set(place, before + 1);
        waiting.push({ received, link });
      }
    },
    excuse(link) {
      excused.push(link);
    },
    async broken(service) {
      const found: string[] = [];
      const isAsked = ({ received }: (typeof waiting)[number]) =>
        service === undefined || received.service === service;
      // What is followed has links as well, which are waiting then.
      for (let next = waiting.find(isAsked); next; next = waiting.find(isAsked)) {
        const { received, link } = next;
        waiting = waiting.filter((one) => one !== next);
        followed.add(`${link.method} ${masked(link.uri)}`);
        const problem = await problemOf(link, received.follow);
        const what = `${link.method} ${link.uri}`;
        if (problem === undefined || excused.some((pattern) => pattern.test(what))) continue;
        found.push(`${received.method} ${received.path} → ${link.member}: ${what} is ${problem}`);
      }
      excused = [];
      return found;
    },
    followed: () => [...followed],
  };
}

/** What is wrong with a link; `undefined` when it resolves. */
async function problemOf({ method, uri }: Link, follow: Received['follow']): Promise<string | undefined> {
  const path = pathOf(uri);
  if (path === undefined) return 'not a path below /v1';
  // A POST starts something. That a path has the method is in the `Allow` header of another one.
  if (method === 'POST') {
    const { status, headers } = await follow('OPTIONS', path);
    return headers.get('Allow')?.includes('POST') ? undefined : `${status} without the method`;
  }
  const { status, body } = await follow(method, path, method === 'GET' ? undefined : {});
  const isThere = status === 200 || REJECTED.has(status) || (method !== 'GET' && body.code === '800061');
  return isThere ? undefined : `${status} ${body.code ?? ''} ${body.description ?? ''}`.trimEnd();
}

/** The caller may not read it, or not now: it is there. */
const REJECTED = new Set([401, 403, 429]);

/** The path that an SDK requests for a link: `/v1` before one that has none. */
function pathOf(uri: string): string | undefined {
  if (!/^\/[^/]/.test(uri)) return undefined;
  return /^\/(v1|webhooks)\//.test(uri) ? uri : `/v1${uri}`;
}

/** Every link in a JSON value, at any depth. */
export function linksIn(json: unknown, member = ''): Link[] {
  if (Array.isArray(json)) return json.flatMap((one) => linksIn(one, `${member}[]`));
  if (typeof json !== 'object' || json === null || 'openapi' in json) return []; // its links are examples
  const { uri, method } = json as Partial<Link>;
  if (typeof uri === 'string' && typeof method === 'string') return [{ member, method, uri }];
  return Object.entries(json).flatMap(([name, of]) => linksIn(of, member ? `${member}.${name}` : name));
}

/** Without the ids that differ from run to run: GUIDs, order ids, numbers and cursors. */
const masked = (uri: string): string =>
  uri
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi, '{guid}')
    .replace(/(?<=[/=])[0-9a-f]{12}(?=$|[/?&])/g, '{id}')
    .replace(/(?<=\/)\d+(?=$|[/?])/g, '{n}')
    .replace(/(?<=[?&](after|size)=)[^&]*/g, '{…}');

/** The header by which the service knows an SDK, if a request has one: the form of a response depends on it. */
export const clientHeaderOf = (headers: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => /^MS-PartnerCenter-Client$/i.test(name)));

/** The recorder of the test file at hand; none where links are not followed. */
let ofFile: LinkRecorder | undefined;

/** Begins a test file whose links are followed. */
export function beginRecording(): void {
  ofFile = linkRecorder();
}

/** Records a response for the test file at hand. */
export const recordLinks = (received: Received): void => ofFile?.record(received);

/** In the test at hand, links that match may lead nowhere, for this reason. */
export const excuseLinks = (link: RegExp, reason: string): void => ofFile?.excuse(link, reason);

/** The links of the test file at hand, of one service or of all, that do not resolve. */
export const brokenLinks = async (service?: string): Promise<string[]> =>
  (await ofFile?.broken(service)) ?? [];

/** The links of the test file at hand that were followed, as method and masked URI. */
export const followedLinks = (): string[] => ofFile?.followed() ?? [];
