/**
 * Compares placed orders with promised ones, by customer, billing cycle and quantity. An order with another content
 * than promised counts as one lost and one additional order.
 */

/** One order, as it was promised or as it was made. */
export interface Ordered {
  customer: string;
  billingCycle: string;
  quantity: number;
}

export interface Tally {
  promised: number;
  /** Promised orders that were not placed. */
  lost: string[];
  /** Orders that were not promised, or were placed more often than promised. */
  doubled: string[];
}

/** The customer, the billing cycle and the sum of the quantities of an order. */
export function orderedOf(order: {
  referenceCustomerId?: string | undefined;
  billingCycle: string;
  lineItems: readonly { quantity: number }[];
}): Ordered {
  const { referenceCustomerId: customer = '', billingCycle, lineItems } = order;
  return { customer, billingCycle, quantity: lineItems.reduce((sum, { quantity }) => sum + quantity, 0) };
}

/** Compares placed orders with promised ones; an order that was only `asked` for, without a response, may exist or not. */
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

/** The orders that are in the first list more often than in the second, once for each additional time. */
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
