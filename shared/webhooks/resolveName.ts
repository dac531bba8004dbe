/**
 * Resolves the host name of a webhook by DNS alone. The resolver of the operating system would wait in the thread pool of
 * the process, whose few threads all names and files share: a partner with a slow name server would delay the others.
 */
import { Resolver } from 'node:dns/promises';

export interface Address {
  address: string;
  family: number;
}

/** All addresses of a name. Rejects with the code of a DNS error when there is none, and when the signal aborts. */
export type ResolveName = (name: string, signal: AbortSignal) => Promise<Address[]>;

export interface ResolverOptions {
  /** Name servers, each with a port where it is not 53; those of the system by default. */
  servers?: readonly string[];
}

/** Two tries must end within the time-out of a call. */
const TRY_MS = 2_000;
const TRIES = 2;

/** No name server knows the name, and the system resolves it to these addresses (RFC 6761). */
const LOCALHOST: readonly Address[] = [
  { address: '127.0.0.1', family: 4 },
  { address: '::1', family: 6 },
];

/** A resolver. Each call has a channel to the name servers for itself, so that it can be cancelled. */
export const nameResolver =
  ({ servers }: ResolverOptions = {}): ResolveName =>
  async (name, signal) => {
    if (name === 'localhost') return [...LOCALHOST];
    const resolver = new Resolver({ timeout: TRY_MS, tries: TRIES });
    if (servers) resolver.setServers(servers);
    const cancel = () => resolver.cancel();
    signal.addEventListener('abort', cancel, { once: true });
    try {
      const [v4, v6] = await Promise.allSettled([resolver.resolve4(name), resolver.resolve6(name)]);
      // A name often has addresses of one family only, and some name servers do not answer for the other.
      if (v4.status === 'rejected' && v6.status === 'rejected') throw v4.reason;
      return [...addressesOf(v4, 4), ...addressesOf(v6, 6)];
    } finally {
      signal.removeEventListener('abort', cancel);
    }
  };

const addressesOf = (result: PromiseSettledResult<string[]>, family: number): Address[] =>
  result.status === 'fulfilled' ? result.value.map((address) => ({ address, family })) : [];
