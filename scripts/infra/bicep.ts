/**
 * The Bicep compiler: restored from NuGet at the version that bicep.csproj pins, and run without network access, which
 * plain modules do not need. The package holds one self-contained executable, so the .NET SDK only restores it.
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const project = join(import.meta.dirname, 'bicep.csproj');

/** A finding of the compiler or its linter. */
export interface Diagnostic {
  rule: string;
  message: string;
  file: string;
  line: number;
}

export interface Bicep {
  version: string;
  /** Errors, warnings and linter findings of a file and of the modules that it uses. */
  lint(file: string): Diagnostic[];
  /** The ARM template that the file compiles to. */
  build(file: string): unknown;
  /** The resources that a deployment with these parameters consists of, with expressions evaluated where possible. */
  snapshot(parametersFile: string): unknown;
}

/** Thrown when this machine has no .NET SDK; its message is one line. */
export class NoDotnetError extends Error {}

/** The compiler, restored if it is not there yet. Throws `NoDotnetError` without the SDK, an error if restoring fails. */
export function restoreBicep(): Bicep {
  const version = /<BicepVersion>(.+)<\/BicepVersion>/.exec(readFileSync(project, 'utf8'))?.[1] ?? '';
  const platform = platformOf(process.platform, process.arch);
  const folder = join(
    packagesFolder(),
    `azure.bicep.commandline.${platform}`.toLowerCase(),
    version,
    'tools',
  );
  const executable = join(folder, process.platform === 'win32' ? 'bicep.exe' : 'bicep');
  if (!existsSync(executable)) restore(platform);
  if (process.platform !== 'win32') chmodSync(executable, 0o755);
  return bicepAt(executable, version);
}

/** NuGet's name of a platform that the compiler is published for. */
function platformOf(system: string, architecture: string): string {
  const systems: Record<string, string> = { linux: 'linux', darwin: 'osx', win32: 'win' };
  const name = systems[system];
  if (!name || !['x64', 'arm64'].includes(architecture)) {
    throw new Error(`Bicep is not published for ${system} on ${architecture}.`);
  }
  return `${name}-${architecture}`;
}

function packagesFolder(): string {
  const { error, stdout, status, stderr } = spawnSync(
    'dotnet',
    ['nuget', 'locals', 'global-packages', '--list'],
    {
      encoding: 'utf8',
    },
  );
  if (error) throw new NoDotnetError('dotnet is not installed; the .NET SDK restores the Bicep compiler');
  const folder = /global-packages:\s*(.+)/.exec(stdout)?.[1]?.trim();
  if (status !== 0 || !folder)
    throw new Error(`dotnet does not name its packages folder: ${stderr || stdout}`);
  return folder;
}

function restore(platform: string): void {
  // Intermediate files go to a temporary folder, so that nothing is left beside the project file.
  const scratch = mkdtempSync(join(tmpdir(), 'bicep-'));
  try {
    const { status, stdout, stderr } = spawnSync(
      'dotnet',
      [
        'restore',
        project,
        `-p:BicepPlatform=${platform}`,
        `-p:MSBuildProjectExtensionsPath=${scratch}/`,
        '--nologo',
      ],
      { encoding: 'utf8' },
    );
    if (status !== 0) throw new Error(`dotnet restore failed:\n${stdout}${stderr}`);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function bicepAt(executable: string, version: string): Bicep {
  const run = (...args: string[]) => {
    const done = spawnSync(executable, args, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
    if (done.error) throw done.error;
    return done;
  };
  return {
    version,
    lint(file) {
      const { stdout, stderr } = run('lint', file, '--no-restore', '--diagnostics-format', 'sarif');
      if (!stdout.startsWith('{')) throw new Error(`bicep lint ${file}: ${stdout}${stderr}`);
      return diagnosticsOf(JSON.parse(stdout));
    },
    build(file) {
      const { status, stdout, stderr } = run('build', file, '--no-restore', '--stdout');
      if (status !== 0) throw new Error(`bicep build ${file}:\n${stderr}`);
      return JSON.parse(stdout);
    },
    snapshot(parametersFile) {
      const written = parametersFile.replace(/\.bicepparam$/, '.snapshot.json');
      const place = ['--subscription-id', SUBSCRIPTION, '--tenant-id', TENANT, '--location', LOCATION];
      const { status, stdout, stderr } = run('snapshot', parametersFile, '--mode', 'overwrite', ...place);
      if (status !== 0) throw new Error(`bicep snapshot ${parametersFile}:\n${stdout}${stderr}`);
      const text = readFileSync(written, 'utf8');
      rmSync(written);
      return JSON.parse(text);
    },
  };
}

/** Where the snapshots are evaluated; no such subscription or tenant exists. */
export const SUBSCRIPTION = '11111111-1111-1111-1111-111111111111';
const TENANT = '22222222-2222-2222-2222-222222222222';
const LOCATION = 'westeurope';

interface Sarif {
  runs: {
    results: {
      ruleId: string;
      message: { text: string };
      locations: {
        physicalLocation: { artifactLocation: { uri: string }; region: { startLine: number } };
      }[];
    }[];
  }[];
}

function diagnosticsOf(sarif: Sarif): Diagnostic[] {
  return sarif.runs.flatMap(({ results }) =>
    results.map(({ ruleId, message, locations }) => ({
      rule: ruleId,
      message: message.text,
      file: locations[0]?.physicalLocation.artifactLocation.uri ?? '',
      line: locations[0]?.physicalLocation.region.startLine ?? 0,
    })),
  );
}
