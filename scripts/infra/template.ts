/** What `infra:check` finds wrong with the template: diagnostics, broken rules, and snapshots that are out of date. */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import type { Bicep } from './bicep.ts';
import { HASHES, INFRA, inputHashes, refusals, SNAPSHOTS, scenarios } from './inputs.ts';
import { PARAMETERS_FILE, parametersFile } from './parameters.ts';
import { fileProblems, violations } from './rules.ts';
import { normalize } from './snapshot.ts';

const repository = join(INFRA, '..');

interface Check {
  /** Writes the parameters and the snapshots instead of comparing them. */
  isUpdate: boolean;
}

/** The problems of the template and of its snapshots, each as one sentence; none if it keeps every rule. */
export function checkTemplate(bicep: Bicep, check: Check): string[] {
  if (check.isUpdate) writeFormatted(PARAMETERS_FILE, parametersFile());
  const problems = lint(bicep);
  // The compiler writes nothing for a template with errors.
  if (problems.length === 0) {
    problems.push(
      ...fileProblems(),
      ...templateProblems(bicep),
      ...scenarios().flatMap((name) => compare(bicep, name, check)),
      ...refusals().flatMap(({ file, message }) => accepted(bicep, file, message)),
    );
  }
  if (check.isUpdate) writeFileSync(HASHES, inputHashes());
  else if (readFileSync(HASHES, 'utf8') !== inputHashes())
    problems.push('snapshots/inputs.sha256 is out of date');
  return problems;
}

/** Every diagnostic is a problem, warnings included: an unknown API version (BCP081) is only a warning to Bicep. */
function lint(bicep: Bicep): string[] {
  const found = bicep.lint(join(INFRA, 'main.bicep'));
  console.log(`lint: ${found.length} diagnostics`);
  return found.map(
    ({ file, line, rule, message }) =>
      `${relative(repository, fileURLToPath(file))}:${line} ${rule}: ${message}`,
  );
}

/** What only the compiled template shows: functions that read keys at deployment. */
function templateProblems(bicep: Bicep): string[] {
  const template = JSON.stringify(bicep.build(join(INFRA, 'main.bicep')));
  console.log(`build: ${Math.round(template.length / 1024)} KB of ARM template (at most 4,096)`);
  const expressions = template.match(/"\[(?:[^"\\]|\\.)*"/g) ?? [];
  const reads = template.match(/\blist(Keys|AccountSas|ServiceSas|ConnectionStrings|Secrets)?\(/g) ?? [];
  return [
    // Azure.Template.ExpressionLength
    ...expressions
      .filter(({ length }) => length > 24_576)
      .map((text) => `main.bicep: the expression ${text.slice(0, 60)}… is longer than Azure accepts`),
    ...reads.map((name) => `main.bicep: ${name}) reads a key`),
    ...(template.length > 4 * 1024 * 1024 ? ['main.bicep: the template is larger than Azure accepts'] : []),
  ];
}

function compare(bicep: Bicep, scenario: string, { isUpdate }: Check): string[] {
  const snapshot = normalize(bicep.snapshot(join(SNAPSHOTS, `${scenario}.bicepparam`)));
  const file = join(SNAPSHOTS, `${scenario}.json`);
  console.log(`${scenario}: ${snapshot.resources.length} resources`);
  const broken = violations(snapshot).map((problem) => `${scenario}: ${problem}`);
  if (isUpdate) {
    writeFormatted(file, snapshot);
    return broken;
  }
  const isSame = isDeepStrictEqual(JSON.parse(readFileSync(file, 'utf8')), snapshot);
  return isSame ? broken : [...broken, `${relative(repository, file)} is not what the template deploys`];
}

/** A problem unless the template refuses the parameters with that message. */
function accepted(bicep: Bicep, file: string, message: string): string[] {
  try {
    bicep.snapshot(file);
  } catch (error) {
    if (String(error).includes(message)) return [];
    return [`${relative(repository, file)} is refused with another message: ${error}`];
  }
  return [`${relative(repository, file)} is not refused with: ${message}`];
}

/** Generated files are formatted like every other file, so that their diffs are readable. */
function writeFormatted(file: string, content: unknown): void {
  writeFileSync(file, JSON.stringify(content, null, 2));
  const biome = join(repository, 'node_modules/@biomejs/biome/bin/biome');
  const { status, stderr } = spawnSync(process.execPath, [biome, 'format', '--write', file], {
    cwd: repository,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`biome cannot format ${file}: ${stderr}`);
}
