/**
 * The template without the compiler: the committed snapshots are those of the committed sources, and each keeps every
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

it('has snapshots of the sources as they are; otherwise run `npm run infra:check -- --update`', () => {
  expect(inputHashes()).toBe(readFileSync(HASHES, 'utf8'));
});

it('has a snapshot for each scenario and no others', () => {
  const snapshots = readdirSync(SNAPSHOTS).filter((file) => file.endsWith('.json'));

  expect(snapshots.sort()).toEqual(scenarios().map((name) => `${name}.json`));
});

it('passes every setting and parameter through azd, and no variable twice', () => {
  const { settings, parameters } = azdVariables();
  const variables = [...Object.values(settings), ...Object.values(parameters)];

  expect(JSON.parse(readFileSync(PARAMETERS_FILE, 'utf8'))).toEqual(parametersFile());
  // AUTH_TENANTS is both: azd asks for a parameter that has no value.
  expect(variables.length - new Set(variables).size).toBe(1);
});

it('passes every setting on, and documents every parameter', () => {
  expect(fileProblems()).toEqual([]);
});

it('has outputs of other names than the variables that it reads', () => {
  const { parameters } = azdVariables();
  const outputs = Object.keys(readSnapshot('default').outputs);

  expect(outputs.filter((name) => Object.values(parameters).includes(name))).toEqual(['AZURE_LOCATION']);
});

it('is packed by azd as `npm run build` stages it', () => {
  const azd = readFileSync(join(repository, 'azure.yaml'), 'utf8');
  const { service } = JSON.parse(readFileSync(join(INFRA, 'names.json'), 'utf8'));

  expect(azd).toMatch(new RegExp(`^services:\\n  ${service}:\\n    project: \\.\\n`, 'm'));
  expect(azd).toMatch(/^ {4}dist: \.deploy$/m);
  expect(azd).toMatch(/^ {4}remoteBuild: false$/m);
  // azd reads it from the project folder and then refuses `remoteBuild: false`.
  expect(existsSync(join(repository, '.funcignore'))).toBe(false);
});

describe.each(scenarios())('%s', (scenario) => {
  it('keeps every rule', () => {
    expect(violations(readSnapshot(scenario))).toEqual([]);
  });

  it('starts the app: its settings are valid', () => {
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

  it('leaves no expression unevaluated', () => {
    expect(JSON.stringify(readSnapshot(scenario))).not.toMatch(/"\[[a-zA-Z]+\(/);
  });
});

it('passes settings on, and an empty one not at all', () => {
  const settings = appSettings(readSnapshot('private'));

  expect(settings.get('CART_LIFETIME')).toBe('P14D');
  expect(settings.get('AUTH_ISSUERS')).toBe('https://sts.windows.net/33333333-3333-3333-3333-333333333333/');
  expect(settings.has('CATALOG_FILE')).toBe(false);
  expect(appSettings(readSnapshot('default')).has('PARTNER_CENTER_CLIENT_SECRET')).toBe(false);
});

it('creates what an option is for, and nothing of it without the option', () => {
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
