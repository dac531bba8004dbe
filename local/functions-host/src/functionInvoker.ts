/**
 * Invokes functions for every trigger. Guarantees an invocation id, one log line for each failure, and the
 * function timeout as on Azure: the invocation fails, and the worker process ends with all its other invocations.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { format } from 'node:util';
import type { HostFunction } from './functionIndex.ts';
import type { InFlight } from './inFlight.ts';
import type { App } from './worker/functionsCore.ts';
import { runInvocation } from './worker/invocation.ts';
import type { InvocationRequest, InvocationResponse, TraceContext, TypedData } from './worker/rpcTypes.ts';

export interface InvocationInput {
  readonly data: TypedData;
  readonly triggerMetadata?: Readonly<Record<string, TypedData>>;
  readonly traceContext?: TraceContext | undefined;
}

/** Invokes a function; rejects when it throws, exceeds the function timeout or is lost with its worker. */
export type Invoker = (target: HostFunction, input: InvocationInput) => Promise<InvocationResponse>;

interface Options {
  readonly app: App;
  /** Undefined when the timeout is disabled. */
  readonly functionTimeoutMs: number | undefined;
  readonly inFlight: InFlight;
  readonly log: (line: string) => void;
  /** Stops receiving messages; otherwise the broker would redeliver abandoned ones to the ending worker. */
  readonly stopIntake: () => Promise<void>;
  /** Ends the worker process. */
  readonly killWorker: () => void;
}

// Time for the responses and settlements of the invocations that are lost with the worker.
const settleGraceMs = 500;
const maxTimerMs = 2 ** 31 - 1;

/** Creates the invoker of a worker. */
export function createInvoker({ app, functionTimeoutMs, inFlight, log, ...worker }: Options): Invoker {
  const failures = new Set<(reason: Error) => void>();

  const timeOut = async (name: string): Promise<void> => {
    log(`Timeout value of ${Number(functionTimeoutMs) / 1000} s was exceeded by function '${name}'.`);
    await Promise.race([worker.stopIntake(), delay(settleGraceMs)]).catch(() => undefined);
    for (const fail of failures) fail(new Error(`The worker ended because '${name}' exceeded its timeout.`));
    await inFlight.settled(settleGraceMs);
    worker.killWorker();
  };

  const attempt = (target: HostFunction, request: InvocationRequest): Promise<InvocationResponse> =>
    new Promise((resolve, reject) => {
      const timer =
        functionTimeoutMs &&
        setTimeout(() => void timeOut(target.name), Math.min(functionTimeoutMs, maxTimerMs)).unref();
      failures.add(reject);
      runInvocation(app, target.registered, request)
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
