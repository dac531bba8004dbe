/** The load generator: sends requests on a fixed number of connections, each with one request at a time. */
import { Client } from 'undici';

export interface LoadRequest {
  method: 'GET' | 'POST' | 'PUT';
  path: string;
  body?: string;
}

export interface Load {
  url: string;
  token: string;
  /** Connections, each with one request at a time. */
  inFlight: number;
  /** How many requests; more are not begun after `untilMs` by `performance.now()`. */
  count: number;
  untilMs?: number;
  /** The nth request, from 0. */
  request(n: number): LoadRequest;
  /** The status that every response must have. */
  status: number;
  /** Reads the body of the nth response. Without it, bodies are discarded. */
  read?(n: number, body: unknown): void;
}

export interface LoadResult {
  tookMs: number;
  /** The time of each request, in the order of their ends, and its begin by `performance.now()`. */
  latenciesMs: number[];
  beganMs: number[];
}

/** Sends the requests as fast as they are served; throws when a response has another status. */
export async function runLoad(load: Load): Promise<LoadResult> {
  const { count, inFlight, url, untilMs = Number.POSITIVE_INFINITY } = load;
  const clients = Array.from({ length: inFlight }, () => new Client(url, { pipelining: 1 }));
  const headers = { authorization: `Bearer ${load.token}`, 'content-type': 'application/json' };
  const result: LoadResult = { tookMs: 0, latenciesMs: [], beganMs: [] };
  let next = 0;
  const sendAll = async (client: Client) => {
    while (next < count && performance.now() < untilMs) {
      const n = next++;
      const beganMs = performance.now();
      const { body, ...request } = load.request(n);
      const response = await client.request({ ...request, headers, body: body ?? null });
      if (response.statusCode !== load.status) {
        throw new Error(
          `${request.method} ${request.path}: ${response.statusCode} ${await response.body.text()}`,
        );
      }
      if (load.read) load.read(n, await response.body.json());
      else await response.body.dump();
      result.latenciesMs.push(performance.now() - beganMs);
      result.beganMs.push(beganMs);
    }
  };
  const beganMs = performance.now();
  await Promise.all(clients.map(sendAll));
  result.tookMs = performance.now() - beganMs;
  await Promise.all(clients.map((client) => client.close()));
  return result;
}
