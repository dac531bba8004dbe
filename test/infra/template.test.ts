/**
 * The template without the compiler: the committed snapshots belong to the committed sources, and each satisfies every
 * rule. `npm run infra:check` compares the snapshots with what the compiler computes.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { HASHES, INFRA, inputHashes, SNAPSHOTS } from '../../scripts/infra/inputs.ts';
import { azdVariables, PARAMETERS_FILE, parametersFile } from '../../scripts/infra/parameters.ts';
import { appSettings, ofType } from '../../scripts/infra/rules/rule.ts';
import { fileProblems, violations } from '../../scripts/infra/rules.ts';
import { readSettings } from '../../shared/config.ts';
import { readSnapshot, scenarios } from './snapshots.ts';

const repository = join(INFRA, '..');

it('The snapshots were made from the current sources; otherwise run `npm run infra:check -- --update`', () => {
  expect(inputHashes()).toBe(readFileSync(HASHES, 'utf8'));
});

it('Every scenario has a snapshot, and there are no other snapshots', () => {
  const snapshots = readdirSync(SNAPSHOTS).filter((file) => file.endsWith('.json'));

  expect(snapshots.sort()).toEqual(scenarios().map((name) => `${name}.json`));
});

it('Every setting and parameter is passed by azd, each in its own variable', () => {
  const { settings, parameters } = azdVariables();
  const variables = [...Object.values(settings), ...Object.values(parameters)];

  expect(JSON.parse(readFileSync(PARAMETERS_FILE, 'utf8'))).toEqual(parametersFile());
  // AUTH_TENANTS is both: azd asks for a parameter that has no value.
  expect(variables.length - new Set(variables).size).toBe(1);
});

it('Every setting is set by the template, and every parameter is documented', () => {
  expect(fileProblems()).toEqual([]);
});

it('No output has the name of a variable that azd reads, except AZURE_LOCATION', () => {
  const { parameters } = azdVariables();
  const outputs = Object.keys(readSnapshot('default').outputs);

  expect(outputs.filter((name) => Object.values(parameters).includes(name))).toEqual(['AZURE_LOCATION']);
});

it('The folder that azd deploys is the one that `npm run build` stages', () => {
  const azd = readFileSync(join(repository, 'azure.yaml'), 'utf8');
  const { service } = JSON.parse(readFileSync(join(INFRA, 'names.json'), 'utf8'));

  expect(azd).toMatch(new RegExp(`^services:\\n  ${service}:\\n    project: \\.\\n`, 'm'));
  expect(azd).toMatch(/^ {4}dist: \.deploy$/m);
  expect(azd).toMatch(/^ {4}remoteBuild: false$/m);
  // azd would read this file in the project folder and then reject `remoteBuild: false`.
  expect(existsSync(join(repository, '.funcignore'))).toBe(false);
});

describe.each(scenarios())('%s', (scenario) => {
  it(`The scenario ${scenario} satisfies every rule`, () => {
    expect(violations(readSnapshot(scenario))).toEqual([]);
  });

  it(`The app settings of the scenario ${scenario} are valid`, () => {
    const inUse = Object.entries({
      cartStorage: 'https://st.table.core.windows.net/',
      serviceBus: 'sb.example',
    });
    const settings = Object.fromEntries(
      [...appSettings(readSnapshot(scenario))].map(([name, value]) => [
        name,
        value.replace(
          /^<(\w+)\.\w+>$/,
          (placeholder, module) => inUse.find(([key]) => key === module)?.[1] ?? placeholder,
        ),
      ]),
    );

    expect(readSettings(settings).CartStorage__tableServiceUri).toBe('https://st.table.core.windows.net/');
  });

  it(`The snapshot of the scenario ${scenario} has no unevaluated expression`, () => {
    expect(JSON.stringify(readSnapshot(scenario))).not.toMatch(/"\[[a-zA-Z]+\(/);
  });
});

it('Parameters are set as app settings, and an empty parameter sets none', () => {
  const settings = appSettings(readSnapshot('private'));

  expect(settings.get('CART_LIFETIME')).toBe('P14D');
  expect(settings.get('AUTH_ISSUERS')).toBe('https://sts.windows.net/33333333-3333-3333-3333-333333333333/');
  expect(settings.has('CATALOG_FILE')).toBe(false);
  expect(appSettings(readSnapshot('default')).has('PARTNER_CENTER_CLIENT_SECRET')).toBe(false);
});

it('The resources of an option exist exactly in the scenarios with that option', () => {
  const optional = {
    'Microsoft.KeyVault/vaults': ['dataOwner', 'private'],
    'Microsoft.Cdn/profiles': ['private', 'smallest'],
    'Microsoft.Cdn/profiles/customDomains': ['private'],
    'Microsoft.Network/virtualNetworks': ['private'],
    'Microsoft.Network/privateEndpoints': ['private'],
    'Microsoft.Consumption/budgets': ['dataOwner', 'default', 'private'],
    'Microsoft.Insights/webtests': ['private'],
    'Microsoft.Authorization/locks': ['private'],
    'Microsoft.Authorization/roleDefinitions': ['default', 'private'],
  };
  const found = Object.fromEntries(
    Object.keys(optional).map((type) => [
      type,
      scenarios().filter((scenario) => ofType(readSnapshot(scenario), type).length > 0),
    ]),
  );

  expect(found).toEqual(optional);
});
