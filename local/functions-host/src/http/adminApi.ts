/**
 * The admin endpoints that development needs: host status, and running a function on demand. Guarantees the
 * responses of the Azure host, for example 202 before the function has run.
 */
import type { HostFunction, ServiceBusFunction, TimerFunction } from '../functionIndex.ts';
import type { InvocationInput, Invoker } from '../functionInvoker.ts';
import type { InFlight } from '../inFlight.ts';
import { toManualMessageInput } from '../serviceBus/messageInput.ts';
import { readStatus } from '../timer/scheduleStatusFile.ts';
import { toTimerInfo } from '../timer/timerInfo.ts';
import { hasMasterKey } from './masterKey.ts';
import { writeStatus } from './response.ts';
import { type Exchange, readBody } from './rpcRequest.ts';

export interface AdminApiOptions {
  readonly functions: readonly HostFunction[];
  readonly invoke: Invoker;
  readonly inFlight: InFlight;
  readonly dataFolder: string;
  readonly masterKey: string | undefined;
}

/** Handles the requests under `/admin/`. */
export async function handleAdminRequest(exchange: Exchange, options: AdminApiOptions): Promise<void> {
  const { request, response, target } = exchange;
  const path = target.path.replace(/\/$/, '').toLowerCase();
  if (request.method === 'GET' && path === '/admin/host/status') {
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"state":"Running"}');
    return;
  }
  const [, name] = /^\/admin\/functions\/([^/]+)$/.exec(path) ?? [];
  if (request.method !== 'POST' || name === undefined) return writeStatus(response, 404);
  if (!hasMasterKey(exchange, options.masterKey)) return writeStatus(response, 401);
  writeStatus(response, startRun(name, await readBody(request), options));
}

// Starts a run and returns the response status.
function startRun(
  name: string,
  body: Uint8Array,
  { functions, invoke, inFlight, dataFolder }: AdminApiOptions,
): number {
  const target = functions.find((candidate) => candidate.name.toLowerCase() === name);
  if (!target) return 404;
  const text = parseInput(body);
  // An HTTP function is called by its URL.
  if (text === undefined || target.trigger === 'http') return 400;
  const running = manualInput(target, text, dataFolder).then((input) => invoke(target, input));
  inFlight.track(running).catch(() => undefined);
  return 202;
}

async function manualInput(
  target: ServiceBusFunction | TimerFunction,
  text: string,
  dataFolder: string,
): Promise<InvocationInput> {
  if (target.trigger === 'serviceBus') return toManualMessageInput(text);
  const status = target.monitored ? await readStatus(dataFolder, target.name) : undefined;
  return { data: toTimerInfo(status, false) };
}

// Undefined when the body is not a JSON object.
function parseInput(body: Uint8Array): string | undefined {
  try {
    const { input } = JSON.parse(Buffer.from(body).toString('utf8')) as { input?: unknown };
    return typeof input === 'string' ? input : JSON.stringify(input ?? '');
  } catch {
    return undefined;
  }
}
