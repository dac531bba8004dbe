/**
 * A running service for the end-to-end tests, and a client of it. `startService` starts a whole local stack on free
 * ports for one test file; `sharedService` uses a stack that several test files share, each as a partner tenant.
 */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Counts, Entities } from '@cartwright/servicebus-emulator';
import { inject } from 'vitest';
import type { TokenRequest } from '../../local/issuer/claims.ts';
import { requestToken } from '../../local/issuer/requestToken.ts';
import type { Facts, Stack } from '../../local/stack/stack.ts';
import { startStack } from '../../local/stack/start.ts';
import { brokenLinks, clientHeaderOf, recordLinks } from '../support/linkRecorder.ts';
import type { SharedStack } from '../support/sharedStacksMain.ts';
import { SWEEP_BY_HAND } from '../support/stackSettings.ts';

const USER = '2713ccd7-ea3b-470a-9cfb-451d5d0482cc';

export interface Answer {
  status: number;
  headers: Headers;
  // biome-ignore format: one line
  body: Body;
}

/** What answers are looked into for; a test names what it looks at. */
export type Body = Record<string, unknown> & {
  id?: string;
  code?: string;
  description?: string;
  data?: { path?: string; message?: string }[];
  lineItems?: (Record<string, unknown> & { id: number; quantity: number })[];
  orders?: OrderBody[];
  orderErrors?: { orderGroupId: string; code: number; description: string }[];
  items?: OrderBody[];
};

export type OrderBody = Record<string, unknown> & {
  id: string;
  billingCycle: string;
  lineItems: (Record<string, unknown> & { quantity: number; offerId: string })[];
};

export interface CallOptions {
  body?: unknown;
  headers?: Record<string, string>;
  token?: string;
}

export type CallService = (method: string, path: string, options?: CallOptions) => Promise<Answer>;

/** What every end-to-end test needs: where the service and the ordering desk are, and a client with a token. */
export interface Service extends Facts {
  call: CallService;
  token(request?: TokenRequest): Promise<string>;
  /** The part of the ordering desk's script that belongs to this test file. */
  deskScope: string;
  /** How many messages a queue or subscription holds, by state; those of other test files as well. */
  counts(entity: string): Promise<Counts>;
}

/** A service that belongs to one test file, which may kill its processes and receive its messages. */
export interface Running extends Stack {
  call: CallService;
  deskScope: string;
  counts: Service['counts'];
  /** What the host has printed. */
  log: string[];
  /** What the supervisor has said: which process ended, and how. */
  said: string[];
  folder: string;
}

export interface RunOptions {
  settings?: Record<string, string>;
  azurite?: 'disk' | 'memory';
  desk?: boolean;
  folder?: string;
  /** Queues and topics in place of those that are deployed. */
  entities?: Entities;
}

/** Starts the service; `stop` ends it and removes its data. */
export async function startService({
  settings = {},
  azurite = 'memory',
  desk = false,
  folder,
  entities,
}: RunOptions = {}): Promise<Running> {
  const dataFolder = folder ?? (await mkdtemp(join(tmpdir(), 'cartwright-')));
  const entitiesFile = join(dataFolder, 'entities.json');
  if (entities) await writeFile(entitiesFile, JSON.stringify(entities));
  const log: string[] = [];
  const said: string[] = [];
  const stack = await startStack({
    dataFolder,
    azurite,
    desk,
    settings: { ...SWEEP_BY_HAND, ...settings },
    onOutput: (_name, line) => log.push(line),
    onEvent: (line) => said.push(line),
    ...(entities ? { entitiesFile } : {}),
  });
  const token = await stack.token({ user: USER });
  return Object.assign(Object.create(stack) as Stack, {
    deskScope: '',
    counts: (entity: string) => stack.broker.counts(entity),
    log,
    said,
    folder: dataFolder,
    call: (method: string, path: string, options: CallOptions = {}) =>
      callAt(stack.url, method, path, { token, ...options }),
    async stop() {
      const broken = await brokenLinks(stack.url);
      await stack.stop();
      if (folder === undefined) await rm(dataFolder, { recursive: true, force: true });
      if (broken.length > 0) throw new Error(`Links that do not resolve:\n${broken.join('\n')}`);
    },
  });
}

/**
 * A stack that several test files share (`test/support/sharedStacks.ts`). Each file calls it as a new partner tenant,
 * unless it names one, so that no file sees the carts, orders and bulk orders of another.
 */
export async function sharedService(
  name: SharedStack,
  { tenant = randomUUID(), roles }: Pick<TokenRequest, 'tenant' | 'roles'> = {},
): Promise<Service> {
  const ask = async (path: string): Promise<unknown> => {
    const response = await fetch(`${inject('sharedStacks')}/${path}`);
    if (!response.ok) throw new Error(`The shared stack ${name} does not answer: ${await response.text()}`);
    return response.json();
  };
  const facts = (await ask(name)) as Facts;
  const tokenOf = (request?: TokenRequest) => requestToken(facts.issuerUrl, { tenant, ...request });
  const token = await tokenOf({ user: USER, ...(roles && { roles }) });
  return {
    ...facts,
    deskScope: randomUUID(),
    counts: (entity) => ask(`${name}/${entity}`) as Promise<Counts>,
    token: tokenOf,
    call: (method, path, options = {}) => callAt(facts.url, method, path, { token, ...options }),
  };
}

async function callAt(
  url: string,
  method: string,
  path: string,
  { body, headers = {}, token }: CallOptions,
): Promise<Answer> {
  const response = await fetch(`${url}${path}`, {
    method,
    headers: {
      ...(token ? { Authorization: `Bearer ${token}` } : {}),
      'Content-Type': 'application/json',
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = text !== '' && response.headers.get('Content-Type')?.startsWith('text/') !== true;
  const answer: Answer = {
    status: response.status,
    headers: response.headers,
    body: isJson ? (JSON.parse(text) as Body) : {},
  };
  recordLinks({
    service: url,
    method,
    path,
    status: answer.status,
    location: response.headers.get('Location'),
    body: answer.body,
    follow: (otherMethod, otherPath, otherBody) =>
      callAt(url, otherMethod, otherPath, {
        headers: clientHeaderOf(headers),
        ...(token === undefined ? {} : { token }),
        ...(otherBody === undefined ? {} : { body: otherBody }),
      }),
  });
  return answer;
}

/** Waits until something is found, up to a deadline in milliseconds; returns what was found. */
export async function eventually<Found>(
  find: () => Promise<Found | undefined | false>,
  withinMs = 15_000,
): Promise<Found> {
  const deadline = Date.now() + withinMs;
  // A check is often a request: it is repeated less often the longer it takes, to leave the processor to the service.
  for (let waitMs = 20; ; waitMs = Math.min(1.25 * waitMs, 200)) {
    const found = await find();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > deadline) throw new Error(`It did not come true within ${withinMs} ms: ${find}`);
    await new Promise((resolve) => setTimeout(resolve, waitMs));
  }
}
