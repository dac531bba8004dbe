/**
 * Global set-up of the integration project: local stacks that several end-to-end test files share, and an Azurite
 * with an account for each of these stacks and for each file that asks for one. Starting a stack takes seconds of
 * processor time, so each starts once, when the first test file asks for it, and stops at the end. A file that needs
 * other settings starts its own stack instead. A file that looks for messages peeks them, because another file may
 * look for its own in the same queue.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /**
     * GET `/NAME` starts a shared stack, unless it runs, and returns its facts; `/NAME/QUEUE` counts messages. GET
     * `/storage-account` returns the connection string of an account in the shared Azurite; `/written/LOGS/EXPORTS`
     * returns what the stack `bulk` has written after so many log lines and exports.
     */
    sharedStacks: string;
  }
}

/** Starts the process that holds the stacks; returns what stops it with all of them. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  // A process of Node, because Vitest would run the supervisor through its own module loader.
  const child = fork(join(import.meta.dirname, 'sharedStacksMain.ts'), {
    env: { ...process.env, ...project.config.env },
  });
  const [url] = (await once(child, 'message')) as [string];
  project.provide('sharedStacks', url);
  return async () => {
    const exited = once(child, 'exit');
    child.disconnect();
    await exited;
  };
}
