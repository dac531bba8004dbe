/**
 * Builds small Functions apps and starts the host in front of them, each in a separate process. Guarantees that
 * `cleanUp` ends every process and removes every folder.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { build } from 'esbuild';
import type { HostReport } from '../src/main.ts';

const main = new URL('../src/main.ts', import.meta.url);
const opener = new URL('./openApps.ts', import.meta.url);
const library = createRequire(import.meta.url).resolve('@azure/functions');
const banner = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";
const running = new Set<ChildProcess>();
const folders = new Set<string>();
let cacheFolder: string | null;

export const masterKey = 'key-of-the-test';

export interface AppSource {
  /** JavaScript; `app` of @azure/functions is in scope. */
  readonly code: string;
  /** Whether the app is one file that contains @azure/functions, as a deployed app can be, instead of loading it. */
  readonly bundled?: boolean;
  readonly hostJson?: object;
  readonly localSettings?: object;
  /** Texts of files that replace those of the app, by their paths in its folder. */
  readonly files?: Readonly<Record<string, string>>;
}

export interface AppFolders {
  readonly appFolder: string;
  readonly dataFolder: string;
}

export interface HostProcess {
  readonly report: HostReport;
  readonly url: string;
  /** The complete lines so far: stdout has those of the app, stderr those of the host. */
  readonly stdout: readonly string[];
  readonly stderr: readonly string[];
  readonly child: ChildProcess;
  /** Settles when the process has ended. */
  readonly exit: Promise<{ code: number | null }>;
}

/** Writes an app, an ES module, to a new folder. */
export async function buildApp(source: AppSource): Promise<AppFolders> {
  const { code, bundled, hostJson, localSettings, files } = source;
  const folder = newFolder();
  const appFolder = join(folder, 'app');
  const settings = {
    'package.json': { type: 'module', main: 'dist/main.js' },
    'host.json': { version: '2.0', extensions: { http: { routePrefix: '' } }, ...hostJson },
    ...(localSettings && { 'local.settings.json': localSettings }),
  };
  await mkdir(join(appFolder, 'dist'), { recursive: true });
  await writeFile(join(appFolder, 'dist/main.js'), await (bundled ? bundle(code) : linked(code)));
  for (const [name, content] of Object.entries(settings)) {
    await writeFile(join(appFolder, name), JSON.stringify(content));
  }
  for (const [name, text] of Object.entries(files ?? {})) await writeFile(join(appFolder, name), text);
  return { appFolder, dataFolder: join(folder, 'data') };
}

const linked = (code: string): string =>
  `${banner}\nconst { app } = require(${JSON.stringify(library)});\n${code}`;

async function bundle(code: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: {
      contents: `import { app } from '@azure/functions';\n${code}`,
      resolveDir: import.meta.dirname,
    },
    bundle: true,
    format: 'esm',
    platform: 'node',
    external: ['@azure/functions-core'],
    banner: { js: banner },
    write: false,
    logLevel: 'error',
  });
  return outputFiles.map(({ text }) => text).join('');
}

/** Starts the host in front of an app, by default on a free port, and waits for its report. */
export async function startProcess(
  { appFolder, dataFolder }: AppFolders,
  settings: NodeJS.ProcessEnv = {},
  ...more: string[]
): Promise<HostProcess> {
  const options = ['--app', appFolder, '--data', dataFolder, '--port', '0', ...more];
  const { message: report, ...process } = await startModule<HostReport>(main, options, settings);
  const url = report.kind === 'ready' ? `http://127.0.0.1:${report.port}` : '';
  return { report, url, ...process };
}

/** Opens apps one after another in one process, without a host. Returns for each why it cannot start, or null. */
export async function reasonsOf(
  apps: readonly AppFolders[],
  settings: NodeJS.ProcessEnv,
): Promise<(string | null)[]> {
  const folders = apps.map(({ appFolder }) => appFolder);
  return (await startModule<(string | null)[]>(opener, folders, settings)).message;
}

/** Starts a process and waits for its first message. */
async function startModule<T>(
  module: URL,
  args: readonly string[],
  settings: NodeJS.ProcessEnv,
): Promise<Omit<HostProcess, 'report' | 'url'> & { readonly message: T }> {
  const child = fork(module, args, {
    silent: true,
    // Not the options of the test runner, which load modules into every process.
    execArgv: [],
    env: { NODE_COMPILE_CACHE: compileCache(), ...process.env, LOCAL_MASTER_KEY: masterKey, ...settings },
  });
  running.add(child);
  const [stdout, stderr] = [lines(child.stdout), lines(child.stderr)];
  const exit = ended(child);
  void exit.then(() => running.delete(child));
  const early = exit.then(({ code }) => {
    throw new Error(`The process ended with exit code ${code} before its message:\n${stderr.join('\n')}`);
  });
  const [message] = (await Promise.race([once(child, 'message'), early])) as [T];
  early.catch(() => undefined);
  return { message, stdout, stderr, child, exit };
}

/** Builds an app and starts the host in front of it. */
export async function startApp(source: AppSource, settings?: NodeJS.ProcessEnv): Promise<HostProcess> {
  return startProcess(await buildApp(source), settings);
}

/** Polls until a check returns a truthy value; throws after 20 s. */
export async function eventually<T>(check: () => T | Promise<T>): Promise<NonNullable<T>> {
  const deadlineMs = Date.now() + 20_000;
  for (;;) {
    const result = await check();
    if (result) return result;
    if (Date.now() > deadlineMs) throw new Error(`The condition was not met within 20 s: ${check}`);
    await delay(10);
  }
}

/** Ends every process and removes every folder. */
export async function cleanUp(): Promise<void> {
  for (const child of running) {
    child.kill('SIGKILL');
    await ended(child);
  }
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
}

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'functions-host-'));
  folders.add(folder);
  return folder;
}

// Shared by all hosts of a test file, unless the environment names one: type stripping takes half of the time of a start.
function compileCache(): string {
  cacheFolder ??= newFolder();
  return cacheFolder;
}

// Not the event `close`: it is not emitted for a child whose IPC channel was disconnected.
async function ended(child: ChildProcess): Promise<{ code: number | null }> {
  const exited = child.exitCode === null && child.signalCode === null ? once(child, 'exit') : undefined;
  const streams = [child.stdout, child.stderr].map((stream) => stream && finished(stream));
  await Promise.all([exited, ...streams]);
  return { code: child.exitCode };
}

function lines(stream: NodeJS.ReadableStream | null): string[] {
  const found: string[] = [];
  let rest = '';
  stream?.setEncoding('utf8').on('data', (text: string) => {
    const parts = (rest + text).split('\n');
    rest = parts.pop() ?? '';
    found.push(...parts);
  });
  return found;
}
