/**
 * The two admin endpoints of the host that development needs: is it running, and run this function now. It
 * promises the host's answers, 202 before the function has run among them. On Azure the status wants a key too.
 */
import type { HostFunction, ServiceBusFunction, TimerFunction } from '../functionIndex.ts';
import type { InvocationInput, Run } from '../functionInvoker.ts';
import type { Work } from '../inFlight.ts';
import { manualMessage } from '../serviceBus/messageInput.ts';
import { readStatus } from '../timer/scheduleStatusFile.ts';
import { toTimerInput } from '../timer/timerInfo.ts';
import { hasMasterKey } from './masterKey.ts';
import { writeStatus } from './response.ts';
import { type Exchange, readBody } from './rpcRequest.ts';

export interface AdminOptions {
  readonly functions: readonly HostFunction[];
  readonly run: Run;
  readonly work: Work;
  readonly dataFolder: string;
  readonly masterKey: string | undefined;
}

/** Answers whatever lies under `/admin/`. */
export async function serveAdmin(exchange: Exchange, options: AdminOptions): Promise<void> {
  const { request, response, target } = exchange;
  const path = target.path.replace(/\/$/, '').toLowerCase();
  if (request.method === 'GET' && path === '/admin/host/status') {
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"state":"Running"}');
    return;
  }
  const [, name] = /^\/admin\/functions\/([^/]+)$/.exec(path) ?? [];
  if (request.method !== 'POST' || name === undefined) return writeStatus(response, 404);
  if (!hasMasterKey(exchange, options.masterKey)) return writeStatus(response, 401);
  writeStatus(response, begin(name, await readBody(request), options));
}

// Begins a run and returns the status to answer with.
function begin(name: string, body: Uint8Array, { functions, run, work, dataFolder }: AdminOptions): number {
  const target = functions.find((one) => one.name.toLowerCase() === name);
  if (!target) return 404;
  const text = inputOf(body);
  // An HTTP function has a URL of its own to be called by.
  if (text === undefined || target.trigger === 'http') return 400;
  const running = manualInput(target, text, dataFolder).then((input) => run(target, input));
  work.track(running).catch(() => undefined);
  return 202;
}

async function manualInput(
  target: ServiceBusFunction | TimerFunction,
  text: string,
  dataFolder: string,
): Promise<InvocationInput> {
  if (target.trigger === 'serviceBus') return manualMessage(text);
  const status = target.monitored ? await readStatus(dataFolder, target.name) : undefined;
  return { data: toTimerInput(status, false) };
}

// Undefined when the body is no JSON object.
function inputOf(body: Uint8Array): string | undefined {
  try {
    const { input } = JSON.parse(Buffer.from(body).toString('utf8')) as { input?: unknown };
    return typeof input === 'string' ? input : JSON.stringify(input ?? '');
  } catch {
    return undefined;
  }
}
