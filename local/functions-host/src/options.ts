/** The options of the command. */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';

export interface Options {
  /** An absolute path, as is `dataFolder`. */
  readonly appFolder: string;
  readonly dataFolder: string;
  readonly port: number;
  readonly frontDoor: boolean;
  readonly stopOnStdinClose: boolean;
}

/** Reads the command's arguments, without the names of Node.js and of the script; throws when one is invalid. */
export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      app: { type: 'string' },
      data: { type: 'string' },
      port: { type: 'string', default: '7071' },
      'front-door': { type: 'boolean', default: false },
      'stop-on-stdin-close': { type: 'boolean', default: false },
    },
  });
  if (!values.app || !values.data) throw new Error('--app and --data are required.');
  if (!/^\d{1,5}$/.test(values.port) || Number(values.port) > 65_535) {
    throw new Error(`--port must be a number from 0 to 65535, but is '${values.port}'.`);
  }
  return {
    appFolder: resolve(values.app),
    dataFolder: resolve(values.data),
    port: Number(values.port),
    frontDoor: values['front-door'],
    stopOnStdinClose: values['stop-on-stdin-close'],
  };
}
