/** What tests of a local stack with the small app (`fixtureApp.ts`) ask of it. */
import { ServiceBusClient } from '@azure/service-bus';
import { expect } from 'vitest';
import type { Stack } from '../../../local/stack/stack.ts';
import { type StackOptions, startStack } from '../../../local/stack/start.ts';

/** At most this long for what the app does after a message or a kill. */
export const PATIENT = { timeout: 20_000 };

export interface Started {
  readonly stack: Stack;
  /** What the app has logged so far. */
  readonly logged: readonly string[];
}

/** Starts a stack in memory, with an ordering desk. */
export async function startFixtureStack(options: Omit<StackOptions, 'azurite'>): Promise<Started> {
  const logged: string[] = [];
  const stack = await startStack({
    ...options,
    azurite: 'memory',
    settings: { ORDER_GATEWAY: 'partnerCenter' },
    onOutput: (name, line) => {
      if (name === 'host') logged.push(line);
    },
  });
  return { stack, logged };
}

/** The pid of the app, and the value of one of its settings. */
export async function about({ url }: Stack, setting = ''): Promise<{ pid: number; value?: string }> {
  return (await (await fetch(`${url}/about/${setting}`)).json()) as { pid: number; value?: string };
}

/** Sends a message and waits until the app has received it. */
export async function deliver({ stack, logged }: Started, text: string): Promise<void> {
  const client = new ServiceBusClient(stack.serviceBusConnection);
  await client.createSender('checkout').sendMessages({ body: { text } });
  await client.close();
  await expect.poll(() => logged, PATIENT).toContain(`a message arrived: ${text}`);
}
