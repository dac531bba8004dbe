/** A storm: eight instances of the service on one queue, everything that they do witnessed, and copies of messages as many as one likes. */
import { ServiceBusClient } from '@azure/service-bus';
import type { CheckoutMessage } from '../../shared/checkout/message.ts';
import { QUEUES } from '../../shared/messaging/queueNames.ts';
import { toEnvelope } from '../../shared/messaging/toEnvelope.ts';
import { newWitness, type Witness } from '../support/witness.ts';
import { type Gateway, type Instance, openInstance } from './instance.ts';
import { type Stack, startStack } from './stack.ts';

export const WORKERS = 8;

export interface Storm {
  stack: Stack;
  witness: Witness;
  instances: Instance[];
  /** What the instances have met between them, by name. */
  met: Map<string, number>;
  /** The next worker on this cart's checkout stops before its effect of this number, until its lock is lost. */
  stall(cartId: string, effect: number): void;
  /** Sends a message so many times more, each under an id that the broker has not seen. */
  repeat(message: CheckoutMessage, times: number): Promise<void>;
  stop(): Promise<void>;
}

const BATCH = 500;

export interface StormOptions {
  gateway: Gateway;
  /** How many messages an instance takes at once. */
  atOnce: number;
  /** How long it may keep them, in milliseconds. */
  lockMs: number;
}

/** Opens it; no instance takes messages before it is started. */
export async function openStorm({ gateway, atOnce, lockMs }: StormOptions): Promise<Storm> {
  const stack = await startStack(lockMs);
  const witness = newWitness(Date.now);
  const met = new Map<string, number>();
  const stalls = new Map<string, number>();
  const surroundings = {
    stack,
    gateway,
    atOnce,
    around: witness.around,
    met,
    stallAt({ cartId }: CheckoutMessage) {
      const effect = stalls.get(cartId);
      stalls.delete(cartId);
      return effect;
    },
  };
  const instances = Array.from({ length: WORKERS }, () => openInstance(surroundings));
  const client = new ServiceBusClient(stack.broker.connectionString);
  const sender = client.createSender(QUEUES.checkout);
  return {
    stack,
    witness,
    instances,
    met,
    stall: (cartId, effect) => void stalls.set(cartId, effect),
    async repeat(message, times) {
      const copies = Array.from({ length: times }, (_, n) => ({
        messageId: `${message.checkoutId}.copy.${n}`,
        body: toEnvelope(message),
      }));
      for (let from = 0; from < times; from += BATCH) {
        await sender.sendMessages(copies.slice(from, from + BATCH));
      }
    },
    async stop() {
      await Promise.all([client.close(), ...instances.map((instance) => instance.stop())]);
      await stack.stop();
    },
  };
}
