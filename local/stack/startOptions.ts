/** The options of `npm start`, read and checked; `usage.ts` describes them. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readFolder, readOptions, readPort } from '../../cli/commandLine.ts';
import { BadOption } from '../../cli/refused.ts';
import { hasSources } from '../../scripts/bundle.ts';
import { repositoryFolder } from './commands.ts';

export interface StartOptions {
  readonly appFolder: string;
  /** The default of the stack when absent. */
  readonly dataFolder?: string;
  readonly port: number;
  readonly fresh: boolean;
  readonly watch: boolean;
  readonly traces: boolean;
}

/**
 * Reads the options; `defaultPort` is the environment's. Returns undefined when the usage is wanted, and throws
 * BadOption with a sentence that names an invalid option.
 */
export function readStartOptions(args: string[], defaultPort: string | undefined): StartOptions | undefined {
  const { help, port, data, app, ...switches } = readOptions(args, {
    port: { type: 'string' },
    data: { type: 'string' },
    app: { type: 'string' },
    fresh: { type: 'boolean', default: false },
    watch: { type: 'boolean', default: false },
    traces: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  });
  if (help) return undefined;
  const appFolder = readFolder('--app', app) ?? repositoryFolder;
  const dataFolder = readFolder('--data', data);
  if (!existsSync(join(appFolder, 'host.json')))
    throw new BadOption(`--app must be the folder of an app, with host.json, not ${appFolder}.`);
  if (switches.watch && !hasSources(appFolder))
    throw new BadOption(`--watch needs an app with functions/main.ts, not ${appFolder}.`);
  return {
    ...switches,
    appFolder,
    ...(dataFolder !== undefined && { dataFolder }),
    port: port === undefined ? readPort('PORT', defaultPort || '7071') : readPort('--port', port),
  };
}
