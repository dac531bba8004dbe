/**
 * The callers of tokens that were verified a moment ago, so that a repeat of a token costs a hash, not a signature
 * check. An entry is found only by the whole token that was verified, ends with the token and after five minutes at the
 * latest, and is dropped when the signing keys are fetched again. The reasons are in
 * docs/decisions/0008-verified-tokens-are-kept-for-minutes.md.
 */
import { hash } from 'node:crypto';
import type { Caller } from './caller.ts';

/** The longest time that an entry is used, in milliseconds. */
export const MAX_KEPT_MS = 5 * 60_000;
/** The oldest entry makes room: losing one costs a verification. */
export const MAX_TOKENS = 2_000;

/** Both clocks in milliseconds: `exp` is a time of day, and five minutes must end also when the time of day is set back. */
export interface Clocks {
  wallMs: () => number;
  monotonicMs: () => number;
}

interface Entry {
  /** Shared by every request with this token, hence frozen. */
  caller: Readonly<Caller>;
  /** `exp`, without tolerance. */
  expMs: number;
  /** The end of the five minutes, by the monotonic clock. */
  untilMs: number;
}

/** Callers by the tokens that identified them. */
export class VerifiedTokens {
  readonly #entries = new Map<string, Entry>();
  readonly #clocks: Clocks;
  #keySet: unknown;

  constructor(clocks: Clocks) {
    this.#clocks = clocks;
  }

  /** The caller of a token that was verified with this key set; another key set than before empties the cache. */
  find(token: string, keySet: unknown): Caller | undefined {
    if (keySet !== this.#keySet) {
      this.#entries.clear();
      this.#keySet = keySet;
    }
    const digest = digestOf(token);
    const entry = this.#entries.get(digest);
    if (!entry) return undefined;
    const { wallMs, monotonicMs } = this.#clocks;
    if (wallMs() < entry.expMs && monotonicMs() < entry.untilMs) return entry.caller;
    this.#entries.delete(digest);
    return undefined;
  }

  /**
   * Keeps the caller of a token; `exp` in epoch seconds. `keySet` is the one that `find` was given before the verification:
   * when it is no longer the latest one, the signature may have been checked with a withdrawn key.
   */
  add(token: string, keySet: unknown, { caller, exp }: { caller: Caller; exp: number }): void {
    if (keySet === undefined || keySet !== this.#keySet) return;
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size < MAX_TOKENS) break;
      this.#entries.delete(oldest);
    }
    const untilMs = this.#clocks.monotonicMs() + MAX_KEPT_MS;
    this.#entries.set(digestOf(token), { caller: Object.freeze(caller), expMs: exp * 1_000, untilMs });
  }
}

/** A digest of all of it, signature included. The tokens themselves are not kept: a heap dump must not hold them. */
const digestOf = (token: string): string => hash('sha256', token, 'base64');
