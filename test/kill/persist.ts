/**
 * Calls that are repeated until they are answered, under one `MS-RequestId`, as Partner Center's SDKs do it.
 * Counts what became of every request, because a kill that cuts none proves nothing.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer, CallOptions, CallService } from '../e2e/running.ts';
import type { Random } from '../support/random.ts';

export interface Traffic {
  inFlight: number;
  answered: number;
  /** Requests whose connection broke before the answer was there. */
  cut: number;
}

const TIME_LIMIT_MS = 120_000;
const LONGEST_PAUSE_MS = 500;

/** The same call, which does not give up for two minutes; throws when that is over. */
export function persistent(call: CallService, traffic: Traffic, random: Random): CallService {
  return async (method, path, options = {}) => {
    const asked = { ...options, headers: { ...options.headers, 'MS-RequestId': randomUUID() } };
    const deadline = Date.now() + TIME_LIMIT_MS;
    for (let pauseMs = 25; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
      const received = await once(method, path, asked);
      if ('status' in received && !isPassing(received.status)) return received;
      if (Date.now() > deadline) {
        const last = 'status' in received ? received.status : received.broken;
        throw new Error(`${method} ${path} was never answered; the last attempt came to ${last}`);
      }
      await sleep(pauseMs * (0.5 + random.next()));
    }
  };

  async function once(
    method: string,
    path: string,
    options: CallOptions,
  ): Promise<Answer | { broken: string }> {
    traffic.inFlight++;
    try {
      const answer = await call(method, path, options);
      traffic.answered++;
      return answer;
    } catch (error) {
      const { cause } = error as { cause?: { code?: string } };
      if (cause?.code !== 'ECONNREFUSED') traffic.cut++;
      return { broken: `${error} (${cause?.code})` };
    } finally {
      traffic.inFlight--;
    }
  }
}

const isPassing = (status: number) => status >= 500 || status === 408 || status === 429;
