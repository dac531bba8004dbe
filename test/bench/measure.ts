/**
 * Measures a scenario: runs of the service and of the bare client alternate, so that both meet the same machine. A pair
 * of runs that foreign load has spoiled is repeated a few times and does not count.
 */
import { randomUUID } from 'node:crypto';
import { RESERVATION } from '../e2e/orders.ts';
import { type LoadRequest, runLoad } from './load.ts';
import { cpuBetween, readCpuTimes } from './processes.ts';
import type { Operation, Scenario } from './scenarios.ts';
import type { Stand } from './stand.ts';
import { percentile } from './statistics.ts';

/** The share of the machine that other processes may use during a run. */
export const MAX_FOREIGN = 0.1;

/** One run of a scenario. */
export interface Run {
  ratePerSecond: number;
  p50Ms: number;
  p99Ms: number;
  maxMs: number;
  /** CPU microseconds of each process for one request. */
  cpuUs: Record<string, number>;
  foreign: number;
}

export interface Pair {
  service: Run;
  bare: Run;
}

export interface Measured {
  scenario: Scenario;
  /** The pairs that count. */
  pairs: Pair[];
  /** Pairs that foreign load has spoiled. */
  spoiled: Pair[];
  /** How many pairs were wanted. */
  rounds: number;
}

/** Whether enough pairs count for a ratio. */
export const isClean = ({ pairs, rounds }: Measured): boolean => pairs.length > rounds / 2;

/** The share of the machine that other processes used during a pair of runs, at its highest. */
export const foreignLoad = ({ service, bare }: Pair): number => Math.max(service.foreign, bare.foreign);

/** Node optimizes the code of a request until it has served about as many; a service in use has. */
const WARM_UP: Record<Operation, number> = { create: 10_000, get: 12_000, replace: 8_000, checkout: 4_000 };

/** Runs an operation until both processes have optimized their code; `scale` shrinks the number of requests. */
export async function warmUp(stand: Stand, operation: Operation, scale: number): Promise<void> {
  const count = Math.ceil(WARM_UP[operation] * scale);
  const row = await sampleRow(stand, 1);
  await measurePair(stand, { name: 'warm-up', operation, inFlight: 32, lines: 1, count }, row);
}

/** Measures a scenario in so many rounds, after a shorter one that fills the connections. */
export async function measure(stand: Stand, scenario: Scenario, rounds: number): Promise<Measured> {
  const measured: Measured = { scenario, pairs: [], spoiled: [], rounds };
  const row = await sampleRow(stand, scenario.lines);
  await measurePair(stand, { ...scenario, count: Math.ceil(scenario.count / 4) }, row);
  for (let tries = 0; measured.pairs.length < rounds && tries < 2 * rounds; tries++) {
    const pair = await measurePair(stand, scenario, row);
    (foreignLoad(pair) > MAX_FOREIGN ? measured.spoiled : measured.pairs).push(pair);
  }
  return measured;
}

async function measurePair(stand: Stand, scenario: Scenario, row: Record<string, unknown>): Promise<Pair> {
  const { operation, inFlight, count } = scenario;
  await stand.bare({ kind: 'prepare', operation, row, count });
  const service = await measureService(stand, scenario);
  const bare = await timed(stand, count, () => stand.bare({ kind: 'run', operation, inFlight }));
  return { service, bare };
}

/** One run of the service alone. */
export async function measureService(stand: Stand, scenario: Omit<Scenario, 'name'>): Promise<Run> {
  const { operation, inFlight, count } = scenario;
  const request = await requestsOf(stand, scenario);
  const { token, stack } = stand;
  const status = operation === 'get' ? 200 : 201;
  return timed(stand, count, () => runLoad({ url: stack.url, token, inFlight, count, request, status }));
}

/** A run with its CPU times and the distribution of its latencies. */
async function timed(
  stand: Stand,
  count: number,
  run: () => Promise<{ tookMs: number; latenciesMs: ArrayLike<number> }>,
): Promise<Run> {
  const pids = stand.pids();
  const before = readCpuTimes(pids);
  const { tookMs, latenciesMs } = await run();
  const { processes, foreign } = cpuBetween(before, readCpuTimes(pids));
  const sorted = Float64Array.from(latenciesMs).sort();
  return {
    ratePerSecond: (count / tookMs) * 1_000,
    p50Ms: percentile(sorted, 0.5),
    p99Ms: percentile(sorted, 0.99),
    maxMs: percentile(sorted, 1),
    cpuUs: Object.fromEntries(
      Object.entries(processes).map(([name, cpuMs]) => [name, (cpuMs * 1_000) / count]),
    ),
    foreign,
  };
}

/** The requests of a scenario; creates the carts that they are about, as many as requests. */
export async function requestsOf(
  stand: Pick<Stand, 'stack' | 'token'>,
  { operation, lines, count }: Pick<Scenario, 'operation' | 'lines' | 'count'>,
): Promise<(n: number) => LoadRequest> {
  if (operation === 'create') return () => createRequest(lines);
  const paths = await createCarts(stand, lines, count);
  switch (operation) {
    case 'get':
      return (n) => ({ method: 'GET', path: paths[n] ?? '' });
    case 'replace':
      return (n) => ({ method: 'PUT', path: paths[n] ?? '', body: cartBody(lines, 3) });
    case 'checkout':
      return (n) => ({ method: 'POST', path: `${paths[n]}/checkout`, body: '' });
  }
}

/** Creates carts; returns their paths. */
export async function createCarts(
  { stack, token }: Pick<Stand, 'stack' | 'token'>,
  lines: number,
  count: number,
): Promise<string[]> {
  const created = Array.from({ length: count }, () => createRequest(lines));
  const paths: string[] = [];
  await runLoad({
    url: stack.url,
    token,
    inFlight: 32,
    count,
    request: (n) => created[n] ?? createRequest(lines),
    status: 201,
    read(n, body) {
      paths[n] = `${created[n]?.path}/${(body as { id: string }).id}`;
    },
  });
  return paths;
}

/** The stored row of a cart of so many lines, for the bare client to copy. */
async function sampleRow(stand: Stand, lines: number): Promise<Record<string, unknown>> {
  const [path = ''] = await createCarts(stand, lines, 1);
  const [, , , customer = '', , cartId = ''] = path.split('/');
  return stand.row(customer, cartId);
}

export const createRequest = (lines: number): LoadRequest => ({
  method: 'POST',
  path: `/v1/customers/${randomUUID()}/carts`,
  body: cartBody(lines, 2),
});

const bodies = new Map<string, string>();

/** A cart of so many lines. Kept, because writing it is the work of a storefront. */
function cartBody(lines: number, quantity: number): string {
  const key = `${lines} ${quantity}`;
  const lineItems = () => Array.from({ length: lines }, () => ({ ...RESERVATION, quantity }));
  const body = bodies.get(key) ?? JSON.stringify({ lineItems: lineItems() });
  bodies.set(key, body);
  return body;
}
