/**
 * The local Functions host: what Azure runs in front of the app, for one machine. It promises Azure's behaviour,
 * its traps included, towards an app it knows only through package.json, host.json and settings; being kinder
 * than Azure would be its only way to fail. One process serves one app.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { loadSettings } from './appSettings.ts';
import { type HostFunction, indexFunctions } from './functionIndex.ts';
import { createRun } from './functionInvoker.ts';
import { readHostJson } from './hostJson.ts';
import { type HttpFront, type HttpOptions, serveHttp } from './http/httpServer.ts';
import { defaultBodyLimitBytes } from './http/rpcRequest.ts';
import { createWork } from './inFlight.ts';
import { listenToServiceBus } from './serviceBus/serviceBusListener.ts';
import { entityPath } from './serviceBus/serviceBusTrigger.ts';
import { StartupError, sentenceOf } from './startupError.ts';
import { listenToTimer } from './timer/timerListener.ts';
import type { App } from './worker/functionsCore.ts';
import { loadApp } from './worker/loadApp.ts';

export interface HostOptions {
  /** Holds host.json, and a package.json with `main`. */
  readonly appFolder: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Where timers remember their runs. */
  readonly dataFolder: string;
  /** Requests come through Azure Front Door, which makes a path that begins with several slashes regular. */
  readonly frontDoor?: boolean;
  /** Opens `/admin/functions/{name}` and functions that ask for a key; without it both stay closed. */
  readonly masterKey?: string;
  /** The host's own lines; what the app logs goes to stdout untouched. */
  readonly log?: (line: string) => void;
  /** Ends the process after a function time-out; by default with code 1, for a supervisor to start it anew. */
  readonly killWorker?: () => void;
}

export interface RunningFunction {
  readonly name: string;
  readonly trigger: 'http' | 'serviceBus' | 'timer';
  readonly methods?: string[];
  /** With the route prefix, without a slash in front. */
  readonly route?: string;
  readonly schedule?: string;
  /** A queue, or `topic/Subscriptions/subscription`. */
  readonly entity?: string;
}

export interface Host {
  readonly port: number;
  readonly functions: RunningFunction[];
  /** Takes nothing new, lets running work finish for 10 s at most, then runs the app's terminate hooks. */
  close(): Promise<void>;
}

const finishWithinMs = 10_000;
const terminateWithinMs = 5_000;
// A broker that hangs answers nothing, and its client would wait for it.
const brokerWithinMs = 1_000;

/** Starts the app's functions; throws StartupError with a sentence for each thing that is wrong. */
export async function startHost(options: HostOptions): Promise<Host> {
  const { appFolder, dataFolder, log = () => {}, killWorker = () => process.exit(1) } = options;
  const settings = loadSettings(appFolder, process.env);
  const { functionTimeoutMs, serviceBus, ...config } = readHostJson(appFolder);
  const app = await loadApp(appFolder, {
    user: (message) => process.stdout.write(`${message}\n`),
    system: log,
  });
  const functions = indexFunctions(app.functions.values(), config, settings);
  const enabled = functions.filter(({ disabled }) => !disabled);
  const work = createWork();
  const stopIntake = (): Promise<void> => messages.stop();
  const run = createRun({ app, functionTimeoutMs, work, log, stopIntake, killWorker });

  const front = await openFront({
    functions,
    run,
    work,
    dataFolder,
    masterKey: options.masterKey,
    port: options.port,
    bodyLimitBytes: Number(settings.get('FUNCTIONS_REQUEST_BODY_SIZE_LIMIT') ?? defaultBodyLimitBytes),
    frontDoor: options.frontDoor ?? false,
    homepage: settings.get('AzureWebJobsDisableHomepage') !== 'true',
  });
  const messages = listenToServiceBus(
    enabled.filter((one) => one.trigger === 'serviceBus'),
    { config: serviceBus, run, work, log },
  );
  const timers = await Promise.all(
    enabled
      .filter((one) => one.trigger === 'timer')
      .map((timer) => listenToTimer(timer, { dataFolder, run, work, log })),
  );
  for (const { name, disabled } of functions) if (disabled) log(`The function '${name}' is disabled.`);

  return {
    port: front.port,
    functions: enabled.map(describe),
    async close() {
      front.drain();
      for (const timer of timers) timer.stop();
      await orLate(messages.stop(), brokerWithinMs);
      if (!(await work.settled(finishWithinMs))) log('Work under way was cut off after 10 s.');
      await terminate(app, log);
      front.close();
      await orLate(messages.close(), brokerWithinMs);
    },
  };
}

async function openFront(options: HttpOptions): Promise<HttpFront> {
  try {
    return await serveHttp(options);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    throw new StartupError(`Port ${options.port} is taken by another process.`);
  }
}

async function terminate(app: App, log: (line: string) => void): Promise<void> {
  const hooks = app.runHooks('appTerminate', { hookData: {}, appHookData: app.hookData });
  const reported = hooks.catch((error) => log(`An appTerminate hook failed: ${sentenceOf(error)}`));
  if (await orLate(reported, terminateWithinMs)) log('The appTerminate hooks were cut off after 5 s.');
}

/** Waits for work, but not for ever; tells whether the time ran out. */
async function orLate(work: Promise<unknown>, withinMs: number): Promise<boolean> {
  const late = delay(withinMs, true, { ref: false });
  return Promise.race([work.then(() => false), late]);
}

function describe(one: HostFunction): RunningFunction {
  const { name, trigger } = one;
  if (trigger === 'http') return { name, trigger, methods: [...one.methods], route: one.route };
  return trigger === 'timer'
    ? { name, trigger, schedule: one.schedule }
    : { name, trigger, entity: entityPath(one) };
}
