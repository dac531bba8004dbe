/**
 * The admin endpoints that development needs: ping, host status, and running a function on demand. Guarantees the
 * responses of the Azure host: all but the ping require the master key, and a run is accepted before it ends.
 */
import type { ServerResponse } from 'node:http';
import type { HostFunction, ServiceBusFunction, TimerFunction } from '../functionIndex.ts';
import type { InvocationInput, Invoker } from '../functionInvoker.ts';
import type { InFlight } from '../inFlight.ts';
import { toManualMessageInput } from '../serviceBus/messageInput.ts';
import { readStatus } from '../timer/scheduleStatusFile.ts';
import { toTimerInfo } from '../timer/timerInfo.ts';
import { hostVersion } from '../worker/functionsCore.ts';
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
  const operation = `${request.method} ${path}`;
  if (/^(?:GET|POST) \/admin\/host\/ping$/.test(operation)) return writeStatus(response, 200);
  const isStatus = operation === 'GET /admin/host/status';
  const [, name] = /^POST \/admin\/functions\/([^/]+)$/.exec(operation) ?? [];
  if (!isStatus && name === undefined) return writeStatus(response, 404);
  if (!hasMasterKey(exchange, options.masterKey)) return writeStatus(response, 401);
  if (name === undefined) writeHostStatus(response);
  else writeStatus(response, startRun(name, await readBody(request), options));
}

function writeHostStatus(response: ServerResponse): void {
  const processUptime = Math.round(process.uptime() * 1000);
  response
    .writeHead(200, { 'content-type': 'application/json; charset=utf-8' })
    .end(JSON.stringify({ state: 'Running', version: hostVersion, processUptime }));
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
