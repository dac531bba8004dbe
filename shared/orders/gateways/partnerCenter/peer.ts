/** What the gateway needs of Partner Center and of this process, and how long a session with it can take. */
import type { OutboundLimiter } from '../../../rateLimit/outboundLimiter.ts';
import { TOKEN_TIMEOUTS } from '../../../timeouts.ts';

export interface Peer {
  /** The base URL, to which `/v1/…` is appended. It may have a path. */
  url: string;
  /** Gets a bearer token for the URL. */
  token: () => Promise<string>;
  /** Time-out of the requests of one session together, in milliseconds. */
  timeoutMs: number;
  /** How long a new order may be missing from the order list, in milliseconds. */
  listDelayMs: number;
  /** Issues permits per partner tenant. A session waits at most {@link MAX_PERMIT_WAIT_MS} for one. */
  limiter: OutboundLimiter;
  sleep: (ms: number) => Promise<void>;
}

/** The longest wait for a permit inside a session, in milliseconds. For a longer one the order is deferred. */
export const MAX_PERMIT_WAIT_MS = 3_000;

/** The longest duration of a session, in milliseconds. */
export const maxSessionMs = ({ timeoutMs }: Pick<Peer, 'timeoutMs'>): number =>
  TOKEN_TIMEOUTS.callMs + MAX_PERMIT_WAIT_MS + timeoutMs;

/** The longest that placing an order can take, in milliseconds: a look-up and an order. */
export const maxPlacementMs = (peer: Pick<Peer, 'timeoutMs'>): number => 2 * maxSessionMs(peer);
