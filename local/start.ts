/**
 * `npm start`: builds the app and runs the whole service on this machine until Ctrl-C. `npm run dev` is the same
 * with `--watch`: after a change it rebuilds the app and restarts the functions host. The app's log is printed as it
 * arrives. `stack/usage.ts` describes the options.
 */
import { styleText } from 'node:util';
import { runCommand } from '../cli/commandLine.ts';
import { Refused } from '../cli/refused.ts';
import { BuildError, Bundler, hasSources } from '../scripts/bundle.ts';
import { localCaller } from './issuer/localCaller.ts';
import { watchApp } from './stack/dev.ts';
import { greet } from './stack/greeting.ts';
import { shutdownSignal } from './stack/shutdown.ts';
import type { Stack } from './stack/stack.ts';
import { startStack } from './stack/start.ts';
import { readStartOptions } from './stack/startOptions.ts';
import { USAGE } from './stack/usage.ts';
import { isCheckoutTrace, startCollector, tracingSettings } from './traces/collector.ts';
import type { Span } from './traces/otlp.ts';
import { traceTree } from './traces/tree.ts';

const log = (line: string) => console.error(line);

await runCommand(async () => {
  const options = readStartOptions(process.argv.slice(2), process.env.PORT);
  if (options === undefined) return console.log(USAGE);
  const { appFolder, watch, traces } = options;
  const bundler = hasSources(appFolder) ? new Bundler(appFolder) : undefined;

  const started = Promise.withResolvers<Stack>();
  if (watch && bundler !== undefined) {
    // Already now: a change during the start must not be missed.
    const restartHost = async (graceMs: number) => (await started.promise).restart('host', graceMs);
    watchApp({ appFolder, bundler, log, restartHost });
  }
  const signal = shutdownSignal(log);
  const collector = traces ? await startCollector({ onTrace: printTrace }) : undefined;
  const stack = await startStack({
    ...options,
    ...(bundler !== undefined && { build: () => build(bundler, watch) }),
    ...(collector !== undefined && { settings: tracingSettings(collector.url) }),
    signal,
    azurite: 'disk',
    onEvent: log,
    onOutput: (name, line) => {
      // Azurite announces its start; the others print only what matters.
      if (name !== 'azurite') console.log(line);
    },
  });
  const greeting = async () => {
    const token = await stack.token({ ...localCaller });
    // Since the process began: what the developer has waited.
    const afterMs = performance.now();
    console.log(greet({ facts: stack, token, afterMs, watch, heading: (text) => styleText('bold', text) }));
  };
  await greeting().catch((error: Error) => {
    // A stop that came first has ended the issuer of tokens.
    if (!signal.aborted) throw error;
  });
  started.resolve(stack);
  await stack.ended;
  // Connections that are kept alive would delay the end by seconds.
  process.exit(0);
});

function printTrace(spans: readonly Span[]): void {
  if (isCheckoutTrace(spans)) console.log(traceTree(spans));
}

async function build(bundler: Bundler, watch = false): Promise<void> {
  try {
    await bundler.build();
  } catch (error) {
    throw error instanceof BuildError ? new Refused(error.message) : error;
  }
  if (!watch) await bundler.close();
}
