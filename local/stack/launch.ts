/**
 * One run of one process of the stack: started, heard until it is ready, asked, signalled, and its end reported.
 * It does not start anything twice; that is `keep.ts`.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

export interface Command {
  /** The file that Node runs. */
  readonly entry: string;
  readonly args: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
  readonly folder: string;
}

/** What a process says when it is ready. */
export interface Ready {
  readonly port: number;
  readonly [detail: string]: unknown;
}

export interface Run {
  readonly pid: number;
  /** What the process said when it was ready; rejects with a sentence when it ended before, or took too long. */
  readonly ready: Promise<Ready>;
  /** How the process ended, in words. */
  readonly ended: Promise<string>;
  signal(signal: NodeJS.Signals): void;
  /** Asks the process something; rejects when it ends without an answer. */
  ask(question: unknown): Promise<unknown>;
}

export interface Listener {
  onOutput(line: string): void;
  /** Called at once when the process ends, before any promise of the run settles. */
  onEnd(how: string): void;
}

type Told =
  | ({ readonly kind: 'ready' } & Ready)
  | { readonly kind: 'failed'; readonly reason: string }
  | { readonly kind: 'answer'; readonly id: number; readonly value?: unknown; readonly error?: string };

const readyWithinMs = 30_000;
let lastQuestion = 0;

/** Starts the process. It is no part of the terminal's group, so that Ctrl-C reaches the supervisor alone. */
export function launch({ entry, args, environment, folder }: Command, listener: Listener): Run {
  const child = spawn(process.execPath, [entry, ...args], {
    cwd: folder,
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    // Unlike JSON it keeps an argument that is left out.
    serialization: 'advanced',
    detached: true,
    windowsHide: true,
  });
  const ready = Promise.withResolvers<Ready>();
  const ended = Promise.withResolvers<string>();
  const questions = new Map<number, PromiseWithResolvers<unknown>>();
  let reason = '';

  const patience = setTimeout(() => {
    reason = `It was not ready after ${readyWithinMs / 1000} s.`;
    child.kill('SIGKILL');
  }, readyWithinMs);
  ready.promise.catch(() => undefined).finally(() => clearTimeout(patience));

  child.on('message', (told: Told) => {
    if (told.kind === 'ready') ready.resolve(told);
    if (told.kind === 'failed') reason = told.reason;
    if (told.kind === 'answer') settle(questions, told);
  });
  onLine(child.stdout, listener.onOutput);
  onLine(child.stderr, (line) => {
    // What ends without a word of its own has said its last words here.
    if (reason === '' && /error:/i.test(line)) reason = line.trim();
    listener.onOutput(line);
  });
  child.on('error', (error) => ready.reject(error));
  child.once('exit', (code, signal) => {
    const how = inWords(code, signal);
    listener.onEnd(how);
    ended.resolve(how);
    for (const question of questions.values()) question.reject(new Error(`The process ended (${how}).`));
  });
  // `close` comes after the last line of output, which may be the reason.
  child.once('close', (code, signal) =>
    ready.reject(new Error(reason || `It ended (${inWords(code, signal)}).`)),
  );

  return {
    pid: child.pid ?? 0,
    ready: ready.promise,
    ended: ended.promise,
    signal: (signal) => void child.kill(signal),
    ask: (question) => ask(child, questions, question),
  };
}

function onLine(stream: Readable | null, hear: (line: string) => void): void {
  if (stream !== null) createInterface({ input: stream }).on('line', hear);
}

function inWords(code: number | null, signal: NodeJS.Signals | null): string {
  return signal ?? `exit code ${code}`;
}

type Questions = Map<number, PromiseWithResolvers<unknown>>;

function ask(child: ChildProcess, questions: Questions, question: unknown): Promise<unknown> {
  const asked = Promise.withResolvers<unknown>();
  const id = ++lastQuestion;
  questions.set(id, asked);
  child.send({ kind: 'ask', id, question }, (error) => {
    if (error) asked.reject(new Error(`The process cannot be asked: ${error.message}`));
  });
  return asked.promise.finally(() => questions.delete(id));
}

function settle(questions: Questions, { id, value, error }: Extract<Told, { kind: 'answer' }>): void {
  const question = questions.get(id);
  if (error === undefined) question?.resolve(value);
  else question?.reject(new Error(error));
}
