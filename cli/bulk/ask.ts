/**
 * One request, repeated with growing pauses while it gets no answer, or one that asks for a repeat: 429, 5xx, and
 * a 409 with `Retry-After`. Every request of this command may be repeated without harm.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { mayRetry, type RetryPolicy, retryDelayMs } from '../../shared/checkout/retryPolicy.ts';
import { retryAfterMs } from '../../shared/time.ts';
import { Unreachable } from './refusals.ts';

export interface Answer {
  status: number;
  headers: Headers;
  text: string;
}

/** A service that is gone for two minutes will not be back soon. */
const PATIENCE: RetryPolicy = {
  initialIntervalMs: 500,
  maximumIntervalMs: 15_000,
  maximumAttempts: Number.POSITIVE_INFINITY,
  scheduleToCloseMs: 120_000,
};
/** How long one try may take; sixteen mebibytes have to get there. */
const TRY_MS = 120_000;

/** The answer to a request; throws Unreachable when patience ends. `onTrouble` is told why it is sent again. */
export async function ask(
  url: string,
  init: RequestInit,
  {
    patience = PATIENCE,
    onTrouble,
  }: { patience?: RetryPolicy | undefined; onTrouble: (why: string) => void },
): Promise<Answer> {
  const startedMs = performance.now();
  for (let attempt = 1; ; attempt++) {
    const tried = await tryOnce(url, init);
    if ('answer' in tried) return tried.answer;
    const why = `The service at ${new URL(url).origin} ${tried.why}`;
    const delayMs = retryDelayMs(patience, { attempt, random: Math.random(), floorMs: tried.afterMs });
    if (!mayRetry(patience, { attempt, startedMs, dueMs: performance.now() + delayMs })) {
      throw new Unreachable(`${why}. The same command goes on where it was.`);
    }
    onTrouble(`${why}; trying again in ${Math.ceil(delayMs / 1_000)} s.`);
    await pause(delayMs);
  }
}

type Tried = { answer: Answer } | { why: string; afterMs?: number | undefined };

async function tryOnce(url: string, init: RequestInit): Promise<Tried> {
  try {
    // A token goes nowhere but where the caller sends it.
    const signal = AbortSignal.timeout(TRY_MS);
    const response = await fetch(url, { ...init, redirect: 'manual', signal });
    const { status, headers } = response;
    const text = await response.text();
    const afterMs = retryAfterMs(headers.get('Retry-After'), Date.now());
    const isForLater = status === 429 || status >= 500 || (status === 409 && afterMs !== undefined);
    return isForLater ? { why: `answers ${status}`, afterMs } : { answer: { status, headers, text } };
  } catch (error) {
    const { name, cause } = error as { name: string; cause?: { code?: string; message?: string } };
    return { why: `does not answer (${cause?.code ?? cause?.message ?? name})` };
  }
}
