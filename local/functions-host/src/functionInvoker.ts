/**
 * Every invocation of every trigger passes through here. It promises ids, a line in the log for each failure,
 * and the function time-out with its consequence on Azure: the invocation fails, and the whole worker process
 * goes down with everything else it was doing. It does not know what a trigger makes of the outcome.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { format } from 'node:util';
import type { HostFunction } from './functionIndex.ts';
import type { Work } from './inFlight.ts';
import type { App } from './worker/functionsCore.ts';
import { invoke } from './worker/invocation.ts';
import type { InvocationRequest, InvocationResponse, TraceContext, TypedData } from './worker/rpcTypes.ts';

export interface InvocationInput {
  readonly data: TypedData;
  readonly triggerMetadata?: Readonly<Record<string, TypedData>>;
  readonly traceContext?: TraceContext | undefined;
}

/** Runs a function; rejects when it throws, runs out of time or goes down with its worker. */
export type Run = (target: HostFunction, input: InvocationInput) => Promise<InvocationResponse>;

interface Options {
  readonly app: App;
  /** Undefined: no time-out. */
  readonly functionTimeoutMs: number | undefined;
  readonly work: Work;
  readonly log: (line: string) => void;
  /** Takes no further messages: what the dying worker gives back would be delivered to it again. */
  readonly stopIntake: () => Promise<void>;
  /** Ends the worker process. */
  readonly killWorker: () => void;
}

// For the answers and settlements of the invocations that go down with the worker.
const lastWordsMs = 500;
const longestTimerMs = 2 ** 31 - 1;

/** The invocations of one worker. */
export function createRun({ app, functionTimeoutMs, work, log, ...worker }: Options): Run {
  const failures = new Set<(reason: Error) => void>();

  const timeOut = async (name: string): Promise<void> => {
    log(`Timeout value of ${Number(functionTimeoutMs) / 1000} s was exceeded by function '${name}'.`);
    await Promise.race([worker.stopIntake(), delay(lastWordsMs)]).catch(() => undefined);
    for (const fail of failures) fail(new Error(`The worker was killed because '${name}' ran out of time.`));
    await work.settled(lastWordsMs);
    worker.killWorker();
  };

  const attempt = (target: HostFunction, request: InvocationRequest): Promise<InvocationResponse> =>
    new Promise((resolve, reject) => {
      const timer =
        functionTimeoutMs &&
        setTimeout(() => void timeOut(target.name), Math.min(functionTimeoutMs, longestTimerMs)).unref();
      failures.add(reject);
      invoke(app, target.registered, request)
        .then(resolve, reject)
        .finally(() => {
          failures.delete(reject);
          clearTimeout(timer);
        });
    });

  return async (target, { data, triggerMetadata = {}, traceContext }) => {
    const invocationId = randomUUID();
    try {
      return await attempt(target, {
        invocationId,
        functionId: target.registered.id,
        inputData: [{ name: target.bindingName, data }],
        triggerMetadata,
        ...(traceContext && { traceContext }),
      });
    } catch (error) {
      log(`The function '${target.name}' failed (${invocationId}): ${format(error)}`);
      throw error;
    }
  };
}
