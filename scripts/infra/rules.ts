/**
 * What every deployment of the template promises, as rules over a snapshot. Rules that PSRule for Azure has as well
 * carry its name (https://azure.github.io/PSRule.Rules.Azure/en/rules/); the others begin with `Cartwright.`.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { azdVariables } from './parameters.ts';
import { accessRules } from './rules/access.ts';
import { appRules } from './rules/app.ts';
import { codeRules, documentationProblems, settingProblems } from './rules/code.ts';
import { dataRules } from './rules/data.ts';
import { observabilityRules } from './rules/observability.ts';
import type { Rule } from './rules/rule.ts';
import type { Snapshot } from './snapshot.ts';

export const RULES: readonly Rule[] = [
  ...dataRules,
  ...appRules,
  ...accessRules,
  ...observabilityRules,
  ...codeRules,
];

/** Every violation, `rule: resource: what is wrong`. */
export const violations = (snapshot: Snapshot): string[] =>
  RULES.flatMap((rule) => rule.check(snapshot).map((problem) => `${rule.name}: ${problem}`));

/** What is wrong with the files beside the template, in whatever scenario. */
export function fileProblems(): string[] {
  const { settings, parameters } = azdVariables();
  const operations = readFileSync(join(import.meta.dirname, '../../docs/operations.md'), 'utf8');
  return [
    ...settingProblems(Object.keys(settings)).map((problem) => `infra/main.parameters.json: ${problem}`),
    ...documentationProblems(operations, Object.values(parameters)),
  ];
}
