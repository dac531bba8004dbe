/**
 * Counts orders against what was promised: by customer, billing cycle and quantity, in the ledger of whoever
 * made them. An order with another content than was promised is one lost and one too many.
 */

/** One order, as it was promised or as it was made. */
export interface Ordered {
  customer: string;
  billingCycle: string;
  quantity: number;
}

export interface Tally {
  promised: number;
  /** Promised and not made, in words. */
  lost: string[];
  /** Made and not promised, or made more often than promised, in words. */
  doubled: string[];
}

/** What an order comes to: its customer, its billing cycle, and all its quantities together. */
export function orderedOf(order: {
  referenceCustomerId?: string | undefined;
  billingCycle: string;
  lineItems: readonly { quantity: number }[];
}): Ordered {
  const { referenceCustomerId: customer = '', billingCycle, lineItems } = order;
  return { customer, billingCycle, quantity: lineItems.reduce((sum, { quantity }) => sum + quantity, 0) };
}

/** Holds what was made against what was promised; what was only `asked` for, without an answer, may be made or not. */
export function tally(
  promised: readonly Ordered[],
  made: readonly Ordered[],
  asked: readonly Ordered[] = [],
): Tally {
  return {
    promised: promised.length,
    lost: without(promised, made),
    doubled: without(made, [...promised, ...asked]),
  };
}

/** What is in the first list more often than in the second, as often as it is. */
function without(list: readonly Ordered[], other: readonly Ordered[]): string[] {
  const left = new Map<string, number>();
  for (const name of other.map(nameOf)) left.set(name, (left.get(name) ?? 0) + 1);
  return list.map(nameOf).filter((name) => {
    const count = left.get(name) ?? 0;
    left.set(name, count - 1);
    return count <= 0;
  });
}

const nameOf = ({ customer, billingCycle, quantity }: Ordered) =>
  `${quantity} of ${billingCycle} for customer ${customer}`;
