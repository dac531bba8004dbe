/**
 * Requests to the service, repeated with growing delays until one is answered for good. A connection that fails, 408,
 * 429, 5xx and a 409 with `Retry-After` are repeated; so is a 4xx that does not have the service's error format, because a
 * proxy or firewall wrote it. A token that is no longer accepted is read again from its source. Every request that a
 * caller passes must be safe to repeat.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { mayRetry, type RetryPolicy, retryDelayMs } from '../../shared/checkout/retryPolicy.ts';
import { retryAfterMs } from '../../shared/time.ts';
import { Refused } from '../refused.ts';
import type { Service } from './connection.ts';
import { RejectedByService, Unreachable } from './errors.ts';

/** Outages that last longer than two minutes rarely end soon. */
const RETRY_POLICY: RetryPolicy = {
  initialIntervalMs: 500,
  maximumIntervalMs: 15_000,
  maximumAttempts: Number.POSITIVE_INFINITY,
  scheduleToCloseMs: 120_000,
};
/** The time limit of one attempt, in milliseconds; it has to suffice for a body of 16 MiB. */
const ATTEMPT_MS = 120_000;

export interface RequestOptions {
  /** Receives a sentence each time a request is repeated. */
  onTrouble: (why: string) => void;
  retryPolicy?: RetryPolicy | undefined;
}

export interface ServiceRequest {
  method: 'GET' | 'POST';
  /** Below the service's URL. */
  path: string;
  body?: string | undefined;
  requestId?: string | undefined;
}

interface Answer {
  status: number;
  headers: Headers;
  text: string;
}

/** What an attempt showed: an answer, or why to repeat, with the least delay in milliseconds. */
type Attempt = { answer: Answer } | { why: string; afterMs?: number | undefined; isUnauthorized?: boolean };

/**
 * A function that sends requests to a service and returns the JSON object of its response, which `isOurs` recognizes.
 * It throws RejectedByService when the service rejects the request, Unreachable when the retry policy permits no further
 * attempt, or when the service denies access after an attempt that it may have accepted.
 */
export function requester(
  { url, tokens }: Service,
  { onTrouble, retryPolicy = RETRY_POLICY }: RequestOptions,
) {
  let token: string | undefined;
  let isKnown = false;

  async function send(request: ServiceRequest, isOurs: (body: object) => boolean): Promise<Answer> {
    token ??= await tokens.read();
    const startedMs = performance.now();
    let hasNewToken = false;
    let mayBeAccepted = false;
    for (let attempt = 1; ; attempt++) {
      const tried = await tryOnce(`${url}${request.path}`, initOf(request, token));
      const result = 'answer' in tried ? judge(tried.answer, isOurs) : tried;
      if ('answer' in result) {
        if (mayBeAccepted && [401, 403].includes(result.answer.status)) throw unknownAfter(result.answer);
        return result.answer;
      }
      mayBeAccepted ||= request.method === 'POST' && result.isUnauthorized !== true;
      // A new token is tried at once, but not one after another: the service may accept none.
      hasNewToken = result.isUnauthorized === true && !hasNewToken && (await renewed());
      if (hasNewToken) continue;
      const why = `The service at ${new URL(url).origin} ${result.why}`;
      const delayMs = retryDelayMs(retryPolicy, { attempt, random: Math.random(), floorMs: result.afterMs });
      if (!mayRetry(retryPolicy, { attempt, startedMs, dueMs: performance.now() + delayMs })) {
        throw new Unreachable(`${why}. The same command continues where it stopped.`);
      }
      onTrouble(`${why}; trying again in ${Math.ceil(delayMs / 1_000)} s.`);
      await sleep(delayMs);
      if (result.isUnauthorized) await renewed();
    }
  }

  /** Whether an answer is the service's, and for good. */
  function judge(answer: Answer, isOurs: (body: object) => boolean): Attempt {
    const { status, headers, text } = answer;
    const body = parsed(text);
    const afterMs = retryAfterMs(headers.get('Retry-After'), Date.now());
    const isTransient = status === 408 || status === 429 || status >= 500;
    if (isTransient || (status === 409 && afterMs !== undefined))
      return { why: `answers ${status}`, afterMs };
    if (status === 401 && tokens.isRenewable && (isKnown || !isError(body))) {
      return { why: 'does not accept the token (401)', afterMs, isUnauthorized: true };
    }
    const isRecognized = status >= 200 && status < 300 ? isOurs(body) : isError(body);
    // A wrong URL answers with a page at once; one that was right before will be right again.
    const isForeign = !isRecognized && (isKnown || status >= 400);
    if (isForeign) return { why: `answers ${status}, not in the service's format`, afterMs };
    isKnown ||= isRecognized && status < 400;
    return { answer };
  }

  /** Reads the token again; false when the source has no other now. */
  async function renewed(): Promise<boolean> {
    const before = token;
    try {
      token = await tokens.read();
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      onTrouble(error.message);
    }
    return token !== before;
  }

  return async <Body extends object>(
    request: ServiceRequest,
    isOurs: (body: object) => boolean,
  ): Promise<Body> => bodyOf(await send(request, isOurs), isOurs) as Body;
}

function initOf({ method, body, requestId }: ServiceRequest, token: string): RequestInit {
  const headers = {
    Authorization: `Bearer ${token}`,
    ...(requestId === undefined ? {} : { 'MS-RequestId': requestId }),
    ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
  };
  return { method, headers, ...(body === undefined ? {} : { body }) };
}

async function tryOnce(url: string, init: RequestInit): Promise<Attempt> {
  try {
    const signal = AbortSignal.timeout(ATTEMPT_MS);
    // A redirect would carry the token to another host.
    const response = await fetch(url, { ...init, redirect: 'manual', signal });
    return { answer: { status: response.status, headers: response.headers, text: await response.text() } };
  } catch (error) {
    const { name, cause } = error as { name: string; cause?: { code?: string } };
    return { why: `does not answer (${cause?.code ?? name})` };
  }
}

/** A denial proves nothing about an earlier attempt whose answer was lost. */
const unknownAfter = (answer: Answer): Unreachable =>
  new Unreachable(
    `${rejectionOf(answer)}\nAn earlier attempt of the request may have been accepted. The same command continues where it stopped.`,
  );

const MAX_PROBLEMS = 20;

function bodyOf({ status, text }: Answer, isOurs: (body: object) => boolean): object {
  const body = parsed(text);
  if (status >= 200 && status < 300) {
    if (isOurs(body)) return body;
    throw new RejectedByService(
      'The URL does not lead to this service: its answer has another format.',
      status,
    );
  }
  if (status < 400) {
    throw new RejectedByService(
      `The service redirects (${status}): pass the URL that it redirects to.`,
      status,
    );
  }
  throw new RejectedByService(rejectionOf({ status, text }), status);
}

/** Why the service rejects a request, with the members that are invalid. */
function rejectionOf({ status, text }: Pick<Answer, 'status' | 'text'>): string {
  const { code, description = 'No description.', data } = parsed(text) as ErrorBody;
  const why = `The service rejects the request (${[status, code].filter(Boolean).join(', code ')}): ${description}`;
  const problems = (Array.isArray(data) ? data : []).slice(0, MAX_PROBLEMS).map((problem) => {
    const { path, message } = Object(problem) as { path?: string; message?: string };
    return [path, message].filter(Boolean).join(': ');
  });
  // A description may be the list of these.
  const further = problems.filter((problem) => problem !== '' && !why.includes(problem));
  return [why, ...further].join('\n  ');
}

/** An error as the service sends it; what comes from elsewhere may have anything under these names. */
interface ErrorBody {
  code?: unknown;
  description?: unknown;
  data?: unknown;
}

const isError = (body: object): boolean => {
  const { code, description } = body as ErrorBody;
  return typeof code === 'string' && typeof description === 'string';
};

function parsed(text: string): object {
  try {
    return Object(JSON.parse(text)) as object;
  } catch {
    return {};
  }
}
