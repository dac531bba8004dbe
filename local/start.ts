/**
 * `npm start`: builds the app and runs the whole service on this machine until Ctrl-C.
 * `--port N` (default: the environment's PORT, else 7071), `--data DIR` (default: .local), `--fresh` (begin with
 * empty data), `--app DIR` (another app than this one). The app's log is printed as it arrives.
 */
import { resolve } from 'node:path';
import { styleText } from 'node:util';
import { readOptions, readPort, runCommand } from '../cli/commandLine.ts';
import { Refused } from '../cli/refused.ts';
import { BuildError, Bundler, hasSources } from '../scripts/bundle.ts';
import { localCaller } from './issuer/claims.ts';
import { repositoryFolder } from './stack/commands.ts';
import { greet } from './stack/greeting.ts';
import { shutdownSignal } from './stack/shutdown.ts';
import { startStack } from './stack/start.ts';

const log = (line: string) => console.error(line);

await runCommand(async () => {
  const { port, ...values } = readOptions({
    port: { type: 'string' },
    data: { type: 'string' },
    app: { type: 'string' },
    fresh: { type: 'boolean' },
  });
  const appFolder = resolve(values.app ?? repositoryFolder);
  const bundler = hasSources(appFolder) ? new Bundler(appFolder) : undefined;

  const signal = shutdownSignal(log);
  const stack = await startStack({
    appFolder,
    port: port === undefined ? readPort('PORT', process.env.PORT || '7071') : readPort('--port', port),
    ...(values.data !== undefined && { dataFolder: values.data }),
    ...(values.fresh !== undefined && { fresh: values.fresh }),
    ...(bundler !== undefined && { build: () => build(bundler) }),
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
    console.log(greet({ facts: stack, token, afterMs, heading: (text) => styleText('bold', text) }));
  };
  await greeting().catch((error: Error) => {
    // A stop that came first has ended the issuer of tokens.
    if (!signal.aborted) throw error;
  });
  await stack.ended;
  // Connections that are kept alive would delay the end by seconds.
  process.exit(0);
});

async function build(bundler: Bundler): Promise<void> {
  try {
    await bundler.build();
  } catch (error) {
    throw error instanceof BuildError ? new Refused(error.message) : error;
  }
  await bundler.close();
}
