/** The load: so many storefronts at once, each serving one customer after the other until the load is closed. */
import type { Running } from '../e2e/running.ts';
import { randomOf } from '../support/random.ts';
import { persistent, type Traffic } from './persist.ts';
import { type Promised, serveCustomer } from './storefront.ts';

export interface Load {
  traffic: Traffic;
  promised: Promised[];
  /** Wrong responses that storefronts received, as texts. */
  problems: string[];
  /** Lets the customers who are in be served; resolves when the last has left. */
  close(): Promise<void>;
}

/** Opens the storefronts. One that receives a wrong response closes. */
export function openLoad(service: Running, storefronts: number, seed: number): Load {
  const traffic: Traffic = { inFlight: 0, answered: 0, cut: 0 };
  const promised: Promised[] = [];
  const problems: string[] = [];
  let isOpen = true;
  const open = Array.from({ length: storefronts }, async (_, n) => {
    const random = randomOf(seed + n);
    const ask = persistent(service.call, traffic, random);
    try {
      while (isOpen) await serveCustomer(ask, random, (one) => promised.push(one));
    } catch (error) {
      problems.push(String(error));
    }
  });
  return {
    traffic,
    promised,
    problems,
    async close() {
      isOpen = false;
      await Promise.all(open);
    },
  };
}
