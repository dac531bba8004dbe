/**
 * Records the effects of a history, whichever process performs them and whatever response it gets: every version of a
 * cart, every due entry, and the responses to callers. Reports immediately when a cart has no due entry.
 */
import type { Cart, CartKey } from '../../shared/cart/cart.ts';
import type { DueEntry, Versioned } from '../../shared/ports.ts';
import { withoutDueEntry } from './evidence.ts';
import type { Around } from './intercept.ts';
import type { Effect } from './ports.ts';

export interface Witness {
  /** Runs around every effect, inside of the wrapper that makes it fail. */
  around: Around;
  writes: Cart[];
  /** The stored carts and due entries, by cart id. */
  carts: Map<string, Versioned>;
  dueEntries: Map<string, Map<number, DueEntry>>;
  created: CartKey[];
  asked: string[];
  /** The violations of the history so far. */
  problems: string[];
}

/** A witness without records, with the clock of the history (epoch milliseconds). */
export function newWitness(now: () => number): Witness {
  const witness: Omit<Witness, 'around'> = {
    writes: [],
    carts: new Map(),
    dueEntries: new Map(),
    created: [],
    asked: [],
    problems: [],
  };
  return Object.assign(witness, {
    async around(effect: Effect, run: () => Promise<unknown>) {
      const answer = await run();
      note(witness, effect, { answer, nowMs: now() });
      return answer;
    },
  });
}

/** All stored due entries. */
export const standingEntries = ({ dueEntries }: Pick<Witness, 'dueEntries'>): DueEntry[] =>
  [...dueEntries.values()].flatMap((ofCart) => [...ofCart.values()]);

function note(
  witness: Omit<Witness, 'around'>,
  { name, args }: Effect,
  { answer, nowMs }: { answer: unknown; nowMs: number },
): void {
  const [about] = args as [DueEntry];
  switch (name) {
    case 'carts.insert':
    case 'carts.replace':
    case 'carts.commit': {
      const written = answer as Versioned | undefined;
      if (!written) return;
      witness.writes.push(written.cart);
      witness.carts.set(about.cartId, written);
      break;
    }
    case 'carts.purge':
      if (witness.carts.get(about.cartId)?.etag === args[1]) witness.carts.delete(about.cartId);
      break;
    case 'due.put':
      witness.dueEntries.set(about.cartId, entriesOf(witness, about).set(about.atMs, about));
      break;
    case 'due.remove':
      entriesOf(witness, about).delete(about.atMs);
      break;
    default:
      return;
  }
  const cart = witness.carts.get(about.cartId)?.cart;
  if (!cart) return;
  const dueEntries = [...entriesOf(witness, about).values()];
  witness.problems.push(
    ...withoutDueEntry({ carts: [cart], dueEntries }, nowMs).map((what) => `${what} after ${name}`),
  );
}

const entriesOf = ({ dueEntries }: Pick<Witness, 'dueEntries'>, { cartId }: CartKey): Map<number, DueEntry> =>
  dueEntries.get(cartId) ?? new Map<number, DueEntry>();
