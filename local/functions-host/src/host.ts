/**
 * The local Functions host. Guarantees the behavior of the Azure host, including its quirks: a host that is more
 * lenient than Azure hides bugs. It knows the app only through package.json, host.json and settings. One process
 * serves one app.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { HostFunction } from './functionIndex.ts';
import { createInvoker } from './functionInvoker.ts';
import { type HttpServer, type HttpServerOptions, startHttpServer } from './http/httpServer.ts';
import { parseMaxBodyBytes } from './http/requestLimits.ts';
import { createInFlight } from './inFlight.ts';
import { openApp } from './openApp.ts';
import { startServiceBusListener } from './serviceBus/serviceBusListener.ts';
import { entityPath } from './serviceBus/serviceBusTrigger.ts';
import { errorMessage, StartupError } from './startupError.ts';
import { startTimerListener } from './timer/timerListener.ts';
import type { App } from './worker/functionsCore.ts';

export interface HostOptions {
  /** The folder with host.json and a package.json that has a `main`. */
  readonly appFolder: string;
  /** 0 selects a free port. */
  readonly port: number;
  /** The folder in which the host records the runs of timers. */
  readonly dataFolder: string;
  /** Imitates Azure Front Door, which merges several slashes at the beginning of a path. */
  readonly frontDoor?: boolean;
  /** Grants access to `/admin` and to functions that require a key; without it, they respond with 401. */
  readonly masterKey?: string;
  /** Receives the host's log lines. Lines that the app logs are written to stdout unchanged. */
  readonly log?: (line: string) => void;
  /** Ends the process after a function timeout; by default with exit code 1. A supervisor can start it again. */
  readonly killWorker?: () => void;
}

export interface RunningFunction {
  readonly name: string;
  readonly trigger: 'http' | 'serviceBus' | 'timer';
  readonly methods?: string[];
  /** With the route prefix, without a leading slash. */
  readonly route?: string;
  readonly schedule?: string;
  /** A queue, or `topic/Subscriptions/subscription`. */
  readonly entity?: string;
}

export interface Host {
  readonly port: number;
  readonly functions: RunningFunction[];
  /** Accepts no new work, waits for work in flight, then runs the app's terminate hooks; resolves within 4 s. */
  close(): Promise<void>;
}

// In sum, with the broker's limit applied twice, the time of `close`.
const finishWithinMs = 1_500;
const terminateWithinMs = 1_000;
// The client waits for a broker that no longer responds.
const brokerWithinMs = 500;
// The library @azure/functions keeps the runtime that it found first.
let started = false;

/** Starts the app's functions; throws StartupError with one reason for each mistake. */
export async function startHost(options: HostOptions): Promise<Host> {
  const { appFolder, dataFolder, log = () => {}, killWorker = () => process.exit(1) } = options;
  if (started)
    throw new StartupError('This process has already loaded an app; start another process for a second one.');
  started = true;
  const { app, functions, config, settings } = await openApp(appFolder, log);
  const { functionTimeoutMs, serviceBus } = config;
  const enabled = functions.filter(({ disabled }) => !disabled);
  const inFlight = createInFlight();
  const stopIntake = async (): Promise<void> => (await listening).stop();
  const invoke = createInvoker({ app, functionTimeoutMs, inFlight, log, stopIntake, killWorker });

  const front = await listenOnPort({
    functions,
    invoke,
    inFlight,
    dataFolder,
    masterKey: options.masterKey,
    port: options.port,
    maxBodyBytes: parseMaxBodyBytes(settings.get('FUNCTIONS_REQUEST_BODY_SIZE_LIMIT')),
    frontDoor: options.frontDoor ?? false,
    homepage: settings.get('AzureWebJobsDisableHomepage') !== 'true',
    log,
  });
  const listening = startServiceBusListener(
    enabled.filter((one) => one.trigger === 'serviceBus'),
    { config: serviceBus, invoke, inFlight, log },
  );
  const messages = await listening;
  const timers = await Promise.all(
    enabled
      .filter((one) => one.trigger === 'timer')
      .map((timer) => startTimerListener(timer, { dataFolder, invoke, inFlight, log })),
  );
  for (const { name, disabled } of functions) if (disabled) log(`The function '${name}' is disabled.`);

  return {
    port: front.port,
    functions: enabled.map(describe),
    async close() {
      front.drain();
      for (const timer of timers) timer.stop();
      await isLate(messages.stop(), brokerWithinMs);
      if (!(await inFlight.settled(finishWithinMs))) {
        log(`Invocations that still ran after ${finishWithinMs / 1000} s were abandoned.`);
      }
      await terminate(app, log);
      front.close();
      await isLate(messages.close(), brokerWithinMs);
    },
  };
}

async function listenOnPort(options: HttpServerOptions): Promise<HttpServer> {
  try {
    return await startHttpServer(options);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    throw new StartupError(`Port ${options.port} is already in use.`);
  }
}

async function terminate(app: App, log: (line: string) => void): Promise<void> {
  const hooks = app.runHooks('appTerminate', { hookData: {}, appHookData: app.hookData });
  const reported = hooks.catch((error) => log(`An appTerminate hook failed: ${errorMessage(error)}`));
  if (await isLate(reported, terminateWithinMs))
    log(`The appTerminate hooks still ran after ${terminateWithinMs / 1000} s and were abandoned.`);
}

/** Waits for a promise with a time limit; resolves to whether the limit was exceeded. */
async function isLate(pending: Promise<unknown>, withinMs: number): Promise<boolean> {
  const late = delay(withinMs, true, { ref: false });
  return Promise.race([pending.then(() => false), late]);
}

function describe(one: HostFunction): RunningFunction {
  const { name, trigger } = one;
  if (trigger === 'http') return { name, trigger, methods: [...one.methods], route: one.route };
  return trigger === 'timer'
    ? { name, trigger, schedule: one.schedule }
    : { name, trigger, entity: entityPath(one) };
}
