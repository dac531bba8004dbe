/**
 * Limits how many items of one customer run at a time, because a customer's carts and orders are one partition, whose rate
 * storage limits. Each lane has its share of the limit, so it holds for a bulk order on any number of instances.
 */

/**
 * Items of one customer that a bulk order runs at a time. An item is about six operations of the partition in 90 ms, so 24
 * items ask for 1,600 of its 2,000 a second.
 */
export const IN_FLIGHT_OF_CUSTOMER = 24;

/** The share of each of `lanes` lanes: at least one item, or the lane would not continue. */
export const shareOfLane = (inFlight: number, { lanes }: { lanes: number }): number =>
  Math.max(1, Math.floor(inFlight / lanes));

/** Runs an operation of a customer when fewer than the limit are running, in the order of the calls. Other customers are not delayed. */
export type CustomerLimit = <Result>(customer: string, operation: () => Promise<Result>) => Promise<Result>;

/** A limit of `most` operations for each customer. */
export function customerLimit(most: number): CustomerLimit {
  const customers = new Map<string, { running: number; waiting: (() => void)[] }>();
  return async (customer, operation) => {
    const own = customers.get(customer) ?? { running: 0, waiting: [] };
    customers.set(customer, own);
    if (own.running < most) own.running++;
    else await new Promise<void>((resolve) => own.waiting.push(resolve));
    try {
      return await operation();
    } finally {
      const next = own.waiting.shift();
      if (next)
        next(); // it takes this place
      else if (--own.running === 0) customers.delete(customer);
    }
  };
}
