/**
 * `infra/main.parameters.json`, through which azd passes its environment to the template: each setting of the service
 * under its own name, each parameter of the template under `CARTWRIGHT_…`. A variable that is not set leaves the
 * default, which is in the template or in the code, and nowhere else.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { settings } from '../../shared/config.ts';
import { INFRA } from './inputs.ts';

export const PARAMETERS_FILE = join(INFRA, 'main.parameters.json');

/** Settings that a deployment does not pass through, each with the reason. docs/operations.md lists them as well. */
export const NOT_PARAMETERS: Record<string, string> = {
  CartStorage: 'a connection string contains a key; the template disables keys',
  ServiceBusConnection: 'a connection string contains a key; the template disables keys',
  CartStorage__tableServiceUri: 'computed from the storage account that the template creates',
  ServiceBusConnection__fullyQualifiedNamespace: 'computed from the namespace that the template creates',
  APPLICATIONINSIGHTS_CONNECTION_STRING: 'computed from the component that the template creates',
  APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'computed from the identity that the template creates',
  PARTNER_CENTER_CLIENT_SECRET:
    'a Key Vault reference, chosen with CARTWRIGHT_PARTNER_CENTER_CREDENTIAL=secret',
  WEBHOOK_LOOPBACK: 'for a local stack: a deployment must not call internal addresses',
  PARTNER_CENTER_CERTIFICATE_PATH: 'a private key would have to be part of the deployment package',
};

/** Parameters whose variable azd or the service has a name for. */
const NAMED: Record<string, string> = {
  environmentName: 'AZURE_ENV_NAME',
  location: 'AZURE_LOCATION',
  authTenants: 'AUTH_TENANTS',
};

interface ParametersFile {
  $schema: string;
  contentVersion: string;
  parameters: Record<string, { value: string | Record<string, string> }>;
}

export const settingNames = (): string[] => Object.keys(settings.shape);

/** The content that the file should have. */
export function parametersFile(): ParametersFile {
  const template = readFileSync(join(INFRA, 'main.bicep'), 'utf8');
  const names = [...template.matchAll(/^param (\w+) /gm)].map(([, name = '']) => name);
  const passed = settingNames().filter((name) => !(name in NOT_PARAMETERS) && name !== NAMED.authTenants);
  const variable = (name: string) => `\${${name}}`;
  return {
    $schema: 'https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#',
    contentVersion: '1.0.0.0',
    parameters: Object.fromEntries(
      names.map((name) => [
        name,
        {
          value:
            name === 'settings'
              ? Object.fromEntries(passed.map((setting) => [setting, variable(setting)]))
              : variable(NAMED[name] ?? `CARTWRIGHT_${screaming(name)}`),
        },
      ]),
    ),
  };
}

/** The variables that the committed file reads, by the name of the setting or parameter. */
export function azdVariables(): { settings: Record<string, string>; parameters: Record<string, string> } {
  const { parameters } = JSON.parse(readFileSync(PARAMETERS_FILE, 'utf8')) as ParametersFile;
  const variableOf = (value: unknown) => /^\$\{(\w+)\}$/.exec(String(value))?.[1] ?? '';
  const variables = (values: [string, unknown][]) =>
    Object.fromEntries(values.map(([name, value]) => [name, variableOf(value)]));
  const others = Object.entries(parameters).filter(([name]) => name !== 'settings');
  return {
    settings: {
      ...variables(Object.entries(parameters.settings?.value ?? {})),
      ...variables([['AUTH_TENANTS', parameters.authTenants?.value]]),
    },
    parameters: variables(others.map(([name, { value }]) => [name, value])),
  };
}

/** `INSTANCE_MEMORY_MB` for `instanceMemoryMB`. */
const screaming = (name: string) => name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toUpperCase();
