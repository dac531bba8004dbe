/**
 * One run of one process of the stack: it starts the process, waits until it is ready, exchanges requests with it,
 * sends it signals, and reports its end. It never starts anything twice; that is `supervise.ts`.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

export interface Command {
  /** The file that Node runs. */
  readonly entry: string;
  readonly args: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
  readonly folder: string;
}

/** What a process reports when it is ready. */
export interface Ready {
  readonly port: number;
  readonly [detail: string]: unknown;
}

export interface Run {
  readonly pid: number;
  /** What the process reported when it was ready; rejects when it ended before, or took longer than 30 s. */
  readonly ready: Promise<Ready>;
  /** How the process ended, in words. */
  readonly ended: Promise<string>;
  signal(signal: NodeJS.Signals): void;
  /** Sends the process a request; rejects when it ends without an answer. */
  ask(question: unknown): Promise<unknown>;
}

export interface Listener {
  onOutput(line: string): void;
  /** Called immediately when the process ends, before any promise of the run settles. */
  onEnd(how: string): void;
}

type Report =
  | ({ readonly kind: 'ready' } & Ready)
  | { readonly kind: 'failed'; readonly reason: string }
  | { readonly kind: 'answer'; readonly id: number; readonly value?: unknown; readonly error?: string };

const readyWithinMs = 30_000;
const guard = new URL('./childGuard.ts', import.meta.url).href;
// Halves the processor time that the broker and the host need to start.
const compileCache = join(import.meta.dirname, '../../node_modules/.cache/node');
let lastRequest = 0;

/** Starts the process in a separate process group, so that Ctrl-C reaches the supervisor alone. */
export function launch({ entry, args, environment, folder }: Command, listener: Listener): Run {
  const child = spawn(process.execPath, ['--import', guard, entry, ...args], {
    cwd: folder,
    env: { NODE_COMPILE_CACHE: compileCache, ...environment },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    // Unlike JSON it keeps an argument that is undefined.
    serialization: 'advanced',
    detached: true,
    windowsHide: true,
  });
  const ready = Promise.withResolvers<Ready>();
  const ended = Promise.withResolvers<string>();
  const requests = new Map<number, PromiseWithResolvers<unknown>>();
  let reason = '';

  const timeout = setTimeout(() => {
    reason = `It was not ready after ${readyWithinMs / 1000} s.`;
    child.kill('SIGKILL');
  }, readyWithinMs);
  ready.promise.catch(() => undefined).finally(() => clearTimeout(timeout));

  child.on('message', (report: Report) => {
    if (report.kind === 'ready') ready.resolve(report);
    if (report.kind === 'failed') reason = report.reason;
    if (report.kind === 'answer') settle(requests, report);
  });
  onLine(child.stdout, listener.onOutput);
  onLine(child.stderr, (line) => {
    // A process that ends without a report has printed its error here.
    if (reason === '' && /error:/i.test(line)) reason = line.trim();
    listener.onOutput(line);
  });
  child.on('error', (error) => {
    ready.reject(error);
    // There is no `exit` after a failed spawn.
    if (child.pid === undefined) ended.resolve(error.message);
  });
  child.once('exit', (code, signal) => {
    const how = inWords(code, signal);
    listener.onEnd(how);
    ended.resolve(how);
    for (const request of requests.values()) request.reject(new Error(`The process ended (${how}).`));
  });
  // `close` follows the last line of output, which may be the reason.
  child.once('close', (code, signal) =>
    ready.reject(new Error(reason || `It ended (${inWords(code, signal)}).`)),
  );

  return {
    pid: child.pid ?? 0,
    ready: ready.promise,
    ended: ended.promise,
    signal: (signal) => void child.kill(signal),
    ask: (question) => ask(child, requests, question),
  };
}

function onLine(stream: Readable | null, listener: (line: string) => void): void {
  if (stream !== null) createInterface({ input: stream }).on('line', listener);
}

function inWords(code: number | null, signal: NodeJS.Signals | null): string {
  return signal ?? `exit code ${code}`;
}

type Requests = Map<number, PromiseWithResolvers<unknown>>;

function ask(child: ChildProcess, requests: Requests, question: unknown): Promise<unknown> {
  const answered = Promise.withResolvers<unknown>();
  const id = ++lastRequest;
  requests.set(id, answered);
  child.send({ kind: 'ask', id, question }, (error) => {
    if (error) answered.reject(new Error(`The process cannot be reached: ${error.message}`));
  });
  return answered.promise.finally(() => requests.delete(id));
}

function settle(requests: Requests, { id, value, error }: Extract<Report, { kind: 'answer' }>): void {
  const request = requests.get(id);
  if (error === undefined) request?.resolve(value);
  else request?.reject(new Error(error));
}
