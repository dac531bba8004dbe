/**
 * `npm run dev`: watches the sources and the configuration of an app, and after a change rebuilds it and restarts
 * the functions host; the other processes keep running. It prints one line per change. When a build fails, the
 * running host stays; when a change has no effect on the bundle, nothing is restarted.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Bundler } from '../../scripts/bundle.ts';
import { watchTree } from './watchTree.ts';

/** What the host reads at its start, besides the bundle. */
const configuration = ['host.json', 'local.settings.json', 'package.json'];
const sources = ['functions', 'shared'];

// An editor writes a file in several steps, and a change of branch writes many files.
const quietMs = 50;
// Requests that take longer are cut off: the developer waits for the new code.
const restartGraceMs = 500;

export interface DevOptions {
  readonly appFolder: string;
  readonly bundler: Pick<Bundler, 'build'>;
  /** Restarts the functions host, once the stack has started; rejects when the host does not start. */
  restartHost(graceMs: number): Promise<void>;
  log(line: string): void;
}

/** What has to be done after a change: build the sources, and restart the host if its settings differ. */
interface Change {
  readonly sources: boolean;
  readonly settings: boolean;
}

/** Watches until the process ends. Changes that arrive during a rebuild are handled together after it. */
export function watchApp(options: DevOptions): void {
  const { appFolder } = options;
  const changed = new Set<string>();
  let settings = readConfiguration(appFolder);
  let timer: NodeJS.Timeout | undefined;
  let busy = false;

  const run = async () => {
    if (busy || changed.size === 0) return;
    busy = true;
    const files = [...changed];
    changed.clear();
    const present = readConfiguration(appFolder);
    const change = {
      sources: files.some((file) => !configuration.includes(file)),
      settings: present !== settings,
    };
    settings = present;
    options.log(`[dev] ${named(files)} changed: ${await apply(options, change)}`);
    busy = false;
    void run();
  };
  const note = (file: string) => {
    changed.add(file);
    clearTimeout(timer);
    timer = setTimeout(() => void run(), quietMs);
  };

  for (const folder of sources) watchTree(join(appFolder, folder), (file) => note(join(folder, file)));
  watchTree(appFolder, (file) => configuration.includes(file) && note(file), { deep: false });
}

/** Rebuilds and restarts what the change requires, and returns what it did. */
async function apply({ bundler, restartHost }: DevOptions, change: Change): Promise<string> {
  let done = '';
  if (change.sources) {
    const built = await bundler.build().catch((error: Error) => error);
    if (built instanceof Error) return `the build failed; the running host is unchanged.\n${built.message}`;
    done = `built in ${Math.round(built.durationMs)} ms, `;
    if (!built.changed && !change.settings) return `${done}the code is the same; nothing restarted.`;
  } else if (!change.settings) {
    return 'the content is the same; nothing restarted.';
  }
  const began = performance.now();
  try {
    await restartHost(restartGraceMs);
    return `${done}host restarted in ${Math.round(performance.now() - began)} ms.`;
  } catch {
    // The supervisor has printed the reason.
    return `${done}the host does not start; the next change restarts it.`;
  }
}

function named(files: readonly string[]): string {
  const [first = '', ...others] = files;
  return others.length === 0 ? first : `${first} and ${others.length} more`;
}

function readConfiguration(folder: string): string {
  const texts = configuration.map((name) => {
    try {
      return readFileSync(join(folder, name), 'utf8');
    } catch {
      return undefined;
    }
  });
  return JSON.stringify(texts);
}
