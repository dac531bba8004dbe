/**
 * Global set-up of the integration project: local stacks that several end-to-end test files share. Starting a stack
 * takes seconds of processor time, so each starts once, when the first test file asks for it, and stops at the end.
 * A file that kills processes, reads queues or needs its own settings starts its own stack instead.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { serveJson } from '../../local/http/serveJson.ts';
import type { Stack } from '../../local/stack/stack.ts';
import { type StackOptions, startStack } from '../../local/stack/start.ts';
import { BULK_SETTINGS } from '../e2e/orderFiles.ts';
import { SWEEP_BY_HAND } from '../e2e/running.ts';

const STACKS = {
  /** Default settings. */
  default: { settings: SWEEP_BY_HAND },
  /** Bulk orders with the ordering desk. */
  bulk: { desk: true, settings: { ...SWEEP_BY_HAND, ...BULK_SETTINGS } },
} satisfies Record<string, Pick<StackOptions, 'desk' | 'settings'>>;

export type SharedStack = keyof typeof STACKS;

declare module 'vitest' {
  interface ProvidedContext {
    /** GET `/NAME` starts a shared stack, unless it runs, and returns its facts. */
    sharedStacks: string;
  }
}

/** Serves the facts of the stacks to the test files; returns what stops all stacks. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'cartwright-shared-'));
  const stacks = new Map<SharedStack, Promise<Stack>>();
  const start = (name: SharedStack) => {
    const stack =
      stacks.get(name) ?? startStack({ ...STACKS[name], dataFolder: join(folder, name), azurite: 'memory' });
    stacks.set(name, stack);
    return stack;
  };
  const server = await serveJson(0, async ({ path }) => {
    try {
      return { status: 200, body: { ...(await start(path.slice(1) as SharedStack)) } };
    } catch (error) {
      return { status: 500, body: (error as Error).message };
    }
  });
  project.provide('sharedStacks', server.url);
  return async () => {
    await server.close();
    const started = await Promise.allSettled(stacks.values());
    await Promise.all(started.map((result) => result.status === 'fulfilled' && result.value.stop()));
    await rm(folder, { recursive: true, force: true });
  };
}
