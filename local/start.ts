/**
 * `npm start`: the whole service on one machine, until Ctrl-C.
 * `--port N` (default: the environment's PORT, else 7071), `--data DIR` (default: .local), `--fresh` (begin with
 * empty data), `--app DIR` (another app than this one). What the app logs is printed as it comes.
 */
import { styleText } from 'node:util';
import { readOptions, readPort, runCommand } from '../cli/commandLine.ts';
import { localCaller } from './issuer/claims.ts';
import { greet } from './stack/greeting.ts';
import type { Stack } from './stack/stack.ts';
import { startStack } from './stack/start.ts';

await runCommand(async () => {
  const { port, ...values } = readOptions({
    port: { type: 'string' },
    data: { type: 'string' },
    app: { type: 'string' },
    fresh: { type: 'boolean' },
  });
  const starting = startStack({
    port: port === undefined ? readPort('PORT', process.env.PORT || '7071') : readPort('--port', port),
    ...(values.data !== undefined && { dataFolder: values.data }),
    ...(values.app !== undefined && { appFolder: values.app }),
    ...(values.fresh !== undefined && { fresh: values.fresh }),
    azurite: 'disk',
    onEvent: (line) => console.error(line),
    onOutput: (name, line) => {
      // Azurite announces itself; the others speak only when they have something to say.
      if (name !== 'azurite') console.log(line);
    },
  });
  let stack: Stack | undefined;
  // What has been started so far ends with this process.
  const end = () => (stack === undefined ? process.exit(1) : void stack.stop());
  process.on('SIGINT', end).on('SIGTERM', end).on('SIGHUP', end);

  stack = await starting;
  const token = await stack.token({ ...localCaller });
  // Since the process began: what the developer has waited.
  console.log(
    greet({ facts: stack, token, afterMs: performance.now(), heading: (text) => styleText('bold', text) }),
  );
  const reason = await stack.ended;
  if (reason !== undefined) console.error(reason);
  // Connections that are kept alive would hold the process for seconds.
  process.exit(reason === undefined ? 0 : 1);
});
