/** What the bench measures, as data. Each scenario runs beside the bare storage client doing the same operations. */

/** The operations of the API that are measured under load. */
export const OPERATIONS = ['create', 'get', 'replace', 'checkout'] as const;
export type Operation = (typeof OPERATIONS)[number];

/** Storage operations of one request; a checkout polls in addition. The bare client does these, and one poll. */
export const STORAGE_OPERATIONS: Record<Operation, number> = { create: 2, get: 1, replace: 2, checkout: 5 };

export interface Scenario {
  name: string;
  operation: Operation;
  /** Requests at a time. */
  inFlight: number;
  /** Line items of each cart. */
  lines: number;
  /** Requests of one run. */
  count: number;
}

const scenario = (operation: Operation, inFlight: number, lines: number, count: number): Scenario => ({
  name: `${operation}, ${inFlight} in flight, ${lines} ${lines === 1 ? 'line' : 'lines'}`,
  operation,
  inFlight,
  lines,
  count,
});

/** A run takes about two seconds at each number of requests in flight. */
const COUNTS: Record<Operation, [inFlight: number, count: number][]> = {
  create: [
    [1, 1_000],
    [8, 3_000],
    [32, 4_000],
  ],
  get: [
    [1, 1_500],
    [8, 5_000],
    [32, 6_000],
  ],
  replace: [
    [1, 800],
    [8, 2_500],
    [32, 3_000],
  ],
  checkout: [
    [1, 200],
    [8, 1_000],
    [32, 1_000],
  ],
};

/** Larger carts, at eight requests in flight. */
const LINES: [lines: number, count: number][] = [
  [10, 1_500],
  [100, 500],
  [200, 300],
];

export const SCENARIOS: Scenario[] = [
  ...OPERATIONS.flatMap((operation) =>
    COUNTS[operation].map(([inFlight, count]) => scenario(operation, inFlight, 1, count)),
  ),
  ...OPERATIONS.flatMap((operation) => LINES.map(([lines, count]) => scenario(operation, 8, lines, count))),
];

/** The scenario of an operation with carts of one line. */
export function scenarioOf(operation: Operation, inFlight: number): Scenario {
  const found = SCENARIOS.find(
    (one) => one.operation === operation && one.inFlight === inFlight && one.lines === 1,
  );
  if (!found) throw new Error(`No scenario has ${operation} with ${inFlight} in flight.`);
  return found;
}
