/**
 * `npm run infra:check`: compiles and lints the template with the real Bicep compiler, compares each scenario with its
 * committed snapshot, and applies the rules.
 *
 *   --update    write the snapshots instead of comparing them
 *   --require   fail if the compiler cannot be restored; without it, a machine without the .NET SDK passes
 */
import { parseArgs } from 'node:util';
import { NoDotnetError, restoreBicep } from './bicep.ts';

const { values: flags } = parseArgs({
  options: { update: { type: 'boolean', default: false }, require: { type: 'boolean', default: false } },
});

try {
  const bicep = restoreBicep();
  console.log(`Bicep ${bicep.version}`);
  // Loaded here, because it loads the schema of all settings, which a machine without the compiler does not need.
  const { checkTemplate } = await import('./template.ts');
  const problems = checkTemplate(bicep, { isUpdate: flags.update });
  for (const problem of problems) console.error(problem);
  if (problems.length === 0) console.log('The infrastructure keeps every rule.');
  else console.error(`${problems.length} problems. --update rewrites the snapshots.`);
  process.exitCode = problems.length === 0 ? 0 : 1;
} catch (error) {
  if (!(error instanceof NoDotnetError)) throw error;
  console.error(`infra:check ${flags.require ? 'failed' : 'skipped'}: ${error.message}.`);
  process.exitCode = flags.require ? 1 : 0;
}
