/** The process that holds the shared stacks and Azurite (`sharedStacks.ts`). It ends, with all of them, when its parent does. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serveJson } from '../../local/http/serveJson.ts';
import type { Stack } from '../../local/stack/stack.ts';
import { type StackOptions, startStack } from '../../local/stack/start.ts';
import { startCollector, tracingSettings } from '../../local/traces/collector.ts';
import { stage } from '../../scripts/stage.ts';
import { direct } from '../e2e/deskClient.ts';
import { startSharedAzurite } from './sharedAzurite.ts';
import {
  BULK_SETTINGS,
  CHECKOUT_SETTINGS,
  LIMITS_SETTINGS,
  QUEUE_SETTINGS,
  SWEEP_BY_HAND,
  WEBHOOK_SETTINGS,
} from './stackSettings.ts';

const SAMPLE_CATALOG = 'shared/catalog/sample.json';

const STACKS = {
  /** Default settings, but for the delay of webhooks and the tenants that may send items. */
  default: { settings: { ...SWEEP_BY_HAND, ...WEBHOOK_SETTINGS, ...QUEUE_SETTINGS } },
  /** The deployment package, with the sample catalogue. */
  package: { settings: { ...SWEEP_BY_HAND, CATALOG_FILE: SAMPLE_CATALOG } },
  /** Bulk orders with the ordering desk. Its telemetry is collected, see `Written`. */
  bulk: { desk: true, settings: { ...SWEEP_BY_HAND, ...BULK_SETTINGS } },
  /** Few attempts at the ordering desk, which creates a second order for a request that is repeated. */
  checkout: { desk: true, settings: { ...SWEEP_BY_HAND, ...CHECKOUT_SETTINGS } },
  /** Carts live for seconds, a partner may send two requests a minute, and only some users may write. */
  limits: { desk: true, settings: LIMITS_SETTINGS },
} satisfies Record<string, Pick<StackOptions, 'desk' | 'settings'>>;

export type SharedStack = keyof typeof STACKS;

/** Everything that the stack `bulk` has written: log lines, and exports of spans and metrics. */
export interface Written {
  logs: string[];
  exports: { path: string; body: unknown }[];
}

const writtenSince = (logs: number, exports: number): Written => ({
  logs: written.logs.slice(logs),
  exports: written.exports.slice(exports),
});

const folder = await mkdtemp(join(tmpdir(), 'cartwright-shared-'));
const stacks = new Map<SharedStack, Promise<Stack>>();
const written: Written = { logs: [], exports: [] };
const collector = await startCollector({ onExport: (path, body) => written.exports.push({ path, body }) });

function start(name: SharedStack): Promise<Stack> {
  const stack = stacks.get(name) ?? startOne(name);
  stacks.set(name, stack);
  return stack;
}

let azurite: ReturnType<typeof startSharedAzurite> | undefined;

async function newStorageAccount(): Promise<{ connectionString: string }> {
  azurite ??= startSharedAzurite();
  return { connectionString: (await azurite).nextConnection() };
}

async function startOne(name: SharedStack): Promise<Stack> {
  const stack = await startStack({
    ...STACKS[name],
    dataFolder: join(folder, name),
    azurite: await newStorageAccount(),
    ...(await extrasOf(name)),
  });
  if (name === 'checkout') await direct({ ...stack, deskScope: '' }, { idempotency: false });
  return stack;
}

async function extrasOf(name: SharedStack): Promise<Partial<StackOptions>> {
  if (name === 'package') {
    const appFolder = join(folder, 'app');
    await stage({ target: appFolder, catalogFile: SAMPLE_CATALOG });
    return { appFolder };
  }
  if (name !== 'bulk') return {};
  return {
    settings: { ...STACKS.bulk.settings, ...tracingSettings(collector.url) },
    onOutput: (_process, line) => written.logs.push(line),
  };
}

const server = await serveJson(0, async ({ path }) => {
  const [name, entity, from] = path.slice(1).split('/');
  if (name === 'written') return { status: 200, body: writtenSince(Number(entity), Number(from)) };
  try {
    if (path === '/storage-account') return { status: 200, body: await newStorageAccount() };
    const stack = await start(name as SharedStack);
    return { status: 200, body: entity === undefined ? { ...stack } : await stack.broker.counts(entity) };
  } catch (error) {
    return { status: 500, body: (error as Error).message };
  }
});

process.once('disconnect', async () => {
  await server.close();
  const started = await Promise.allSettled(stacks.values());
  await Promise.all(started.map((result) => result.status === 'fulfilled' && result.value.stop()));
  // The collector ends after the stacks, which send their last spans to it and wait for the response.
  await Promise.all([collector.close(), azurite?.then(({ stop }) => stop())]);
  await rm(folder, { recursive: true, force: true });
  process.exit(0);
});
process.send?.(server.url);
