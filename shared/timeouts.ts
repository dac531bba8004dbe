/**
 * How long the service waits for what it depends on, each in one place: no call outlives its bound, retries
 * included, so a request ends with an answer or a 503 whatever hangs. The clients' own limits lie within.
 */

/** Table Storage. A call that is refused or throttled is repeated; one that hangs takes the whole bound. */
export const STORAGE_TIMEOUTS = {
  callMs: 10_000,
  retryOptions: { maxRetries: 3, retryDelayInMs: 200, maxRetryDelayInMs: 2_000 },
};

/** The message broker. The first call of a process also connects, and may have to get a token for that. */
export const BROKER_TIMEOUTS = {
  callMs: 8_000,
  /** Two tries that hang fit in. A message sent twice has one id, so the broker keeps one. */
  retryOptions: { maxRetries: 2, retryDelayInMs: 250, timeoutInMs: 3_500 },
};

/** The keys of the token issuer; needed at the first call of a process, and when the issuer has new ones. */
export const SIGNING_KEYS_TIMEOUTS = { callMs: 5_000 };

/** A token of our own, for a call to another service. */
export const TOKEN_TIMEOUTS = { callMs: 5_000 };

/** A service that asks for a longer pause, in milliseconds, is asked again after this one, in case it has not meant it. */
export const MAX_RETRY_AFTER_MS = 600_000;

/** Calls `expire` after this time, unless the function that it returns is called before. */
export function startTimer(ms: number, expire: () => void): () => void {
  const timer = setTimeout(expire, ms);
  return () => clearTimeout(timer);
}

/** The outcome, or an error after so many milliseconds; what comes later is dropped. */
export async function withTimeout<Result>(boundMs: number, outcome: Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`There was no answer within ${boundMs} ms.`)), boundMs);
  });
  return Promise.race([outcome, timeout]).finally(() => clearTimeout(timer));
}
