/** Each rule reports its violation: the snapshot with every option, with one violation at a time. */
import { describe, expect, it } from 'vitest';
import { azdVariables, NOT_PARAMETERS } from '../../scripts/infra/parameters.ts';
import { documentationProblems, settingProblems } from '../../scripts/infra/rules/code.ts';
import { at, ofType } from '../../scripts/infra/rules/rule.ts';
import { RULES } from '../../scripts/infra/rules.ts';
import type { Resource, Snapshot } from '../../scripts/infra/snapshot.ts';
import { readSnapshot } from './snapshots.ts';

type Break = (snapshot: Snapshot) => void;

const first = (snapshot: Snapshot, type: string): Resource => {
  const [resource] = ofType(snapshot, type);
  if (!resource) throw new Error(`The snapshot has no ${type}.`);
  return resource;
};

/** Sets the value at a path of the first resource of a type. */
const set =
  (type: string, path: string, value: unknown): Break =>
  (snapshot) => {
    const keys = path.split('.');
    const last = keys.pop() ?? '';
    const parent = keys.length === 0 ? first(snapshot, type) : at(first(snapshot, type), keys.join('.'));
    (parent as Record<string, unknown>)[last] = value;
  };

const remove =
  (type: string): Break =>
  (snapshot) => {
    snapshot.resources.splice(snapshot.resources.indexOf(first(snapshot, type)), 1);
  };

const setting =
  (name: string, value: string | undefined): Break =>
  (snapshot) => {
    const config = at(first(snapshot, APP), 'properties.siteConfig') as {
      appSettings: { name: string; value: string }[];
    };
    config.appSettings = config.appSettings.filter((one) => one.name !== name);
    if (value !== undefined) config.appSettings.push({ name, value });
  };

const removeLogs =
  (target: string): Break =>
  (snapshot) => {
    snapshot.resources = snapshot.resources.filter(
      ({ id, type }) => type !== 'Microsoft.Insights/diagnosticSettings' || !id.includes(target),
    );
  };

const STORAGE = 'Microsoft.Storage/storageAccounts';
const SERVICE_BUS = 'Microsoft.ServiceBus/namespaces';
const VAULT = 'Microsoft.KeyVault/vaults';
const APP = 'Microsoft.Web/sites';
const COMPONENT = 'Microsoft.Insights/components';
const WORKSPACE = 'Microsoft.OperationalInsights/workspaces';
const METRIC_ALERT = 'Microsoft.Insights/metricAlerts';
const LOG_ALERT = 'Microsoft.Insights/scheduledQueryRules';
const ROLE = 'Microsoft.Authorization/roleAssignments';

const BREAKS: Record<string, Break> = {
  'Azure.Storage.MinTLS': set(STORAGE, 'properties.minimumTlsVersion', 'TLS1_0'),
  'Azure.Storage.SecureTransfer': set(STORAGE, 'properties.supportsHttpsTrafficOnly', false),
  'Azure.Storage.LocalAuth': set(STORAGE, 'properties.allowSharedKeyAccess', true),
  'Azure.Storage.BlobPublicAccess': set(STORAGE, 'properties.allowBlobPublicAccess', true),
  'Cartwright.Storage.CrossTenantReplication': set(STORAGE, 'properties.allowCrossTenantReplication', true),
  'Azure.Storage.BlobAccessType': set(
    `${STORAGE}/blobServices/containers`,
    'properties.publicAccess',
    'Blob',
  ),
  'Azure.Storage.SoftDelete': set(
    `${STORAGE}/blobServices`,
    'properties.deleteRetentionPolicy.enabled',
    false,
  ),
  'Azure.Storage.ContainerSoftDelete': set(
    `${STORAGE}/blobServices`,
    'properties.containerDeleteRetentionPolicy.enabled',
    false,
  ),
  'Azure.Storage.Firewall': set(STORAGE, 'properties.networkAcls.defaultAction', 'Allow'),
  'Azure.ServiceBus.MinTLS': set(SERVICE_BUS, 'properties.minimumTlsVersion', '1.0'),
  'Azure.ServiceBus.DisableLocalAuth': set(SERVICE_BUS, 'properties.disableLocalAuth', false),
  'Azure.ServiceBus.AuditLogs': removeLogs('ServiceBus'),
  'Cartwright.ServiceBus.PublicAccess': set(SERVICE_BUS, 'properties.publicNetworkAccess', 'Enabled'),
  'Azure.KeyVault.RBAC': set(VAULT, 'properties.enableRbacAuthorization', false),
  'Azure.KeyVault.SoftDelete': set(VAULT, 'properties.enableSoftDelete', false),
  'Azure.KeyVault.PurgeProtect': set(VAULT, 'properties.enablePurgeProtection', undefined),
  'Azure.KeyVault.Firewall': set(VAULT, 'properties.publicNetworkAccess', 'Enabled'),
  'Azure.KeyVault.Logs': removeLogs('KeyVault'),
  'Cartwright.Network.PrivateEndpoints': remove('Microsoft.Network/privateEndpoints'),
  'Cartwright.Network.Zones': remove('Microsoft.Network/privateDnsZones/virtualNetworkLinks'),
  'Azure.VNET.UseNSGs': (snapshot) => {
    const network = first(snapshot, 'Microsoft.Network/virtualNetworks');
    const [subnet] = at(network, 'properties.subnets') as { properties: Record<string, unknown> }[];
    delete subnet?.properties.networkSecurityGroup;
  },
  'Azure.AppService.UseHTTPS': set(APP, 'properties.httpsOnly', false),
  'Azure.AppService.MinTLS': set(APP, 'properties.siteConfig.minTlsVersion', '1.1'),
  'Cartwright.App.DeploymentTLS': set(APP, 'properties.siteConfig.scmMinTlsVersion', '1.1'),
  'Azure.AppService.HTTP2': set(APP, 'properties.siteConfig.http20Enabled', false),
  'Azure.AppService.ManagedIdentity': set(APP, 'identity.type', 'None'),
  'Azure.AppService.RemoteDebug': set(APP, 'properties.siteConfig.remoteDebuggingEnabled', true),
  'Azure.AppService.ARRAffinity': set(APP, 'properties.clientAffinityEnabled', true),
  'Azure.AppService.NodeJsVersion': set(APP, 'properties.functionAppConfig.runtime.version', '20'),
  'Cartwright.App.FtpDisabled': set(APP, 'properties.siteConfig.ftpsState', 'AllAllowed'),
  'Cartwright.App.Flex': set('Microsoft.Web/serverfarms', 'sku.name', 'Y1'),
  'Cartwright.App.PackageByIdentity': set(
    APP,
    'properties.functionAppConfig.deployment.storage.authentication.type',
    'StorageAccountConnectionString',
  ),
  'Cartwright.App.AzdTag': set(APP, 'tags.azd-service-name', 'api'),
  'Cartwright.App.FlexSettings': setting('WEBSITE_RUN_FROM_PACKAGE', '1'),
  'Cartwright.App.BodyLimit': setting('FUNCTIONS_REQUEST_BODY_SIZE_LIMIT', '104857600'),
  'Cartwright.ZoneRedundancy': set(SERVICE_BUS, 'properties.zoneRedundant', false),
  'Cartwright.App.IdentitySettings': setting('AZURE_CLIENT_ID', undefined),
  'Azure.FrontDoor.MinTLS': set(
    'Microsoft.Cdn/profiles/customDomains',
    'properties.tlsSettings.minimumTlsVersion',
    'TLS10',
  ),
  'Cartwright.FrontDoor.CertificateName': set(
    'Microsoft.Cdn/profiles/originGroups/origins',
    'properties.enforceCertificateNameCheck',
    false,
  ),
  'Cartwright.FrontDoor.OnlyWay': set(APP, 'properties.siteConfig.ipSecurityRestrictions', [
    { tag: 'ServiceTag', ipAddress: 'AzureFrontDoor.Backend' },
  ]),
  'Cartwright.Roles.Narrow': set(
    ROLE,
    'properties.roleDefinitionId',
    '/providers/Microsoft.Authorization/roleDefinitions/8e3af657-a8ff-443c-a75c-2fe8c4bcb635',
  ),
  'Cartwright.Roles.CustomRole': set('Microsoft.Authorization/roleDefinitions', 'properties.permissions', [
    { actions: ['*'] },
  ]),
  'Cartwright.NoKeys': setting('CartStorage', 'DefaultEndpointsProtocol=https;AccountName=a;AccountKey=b'),
  'Cartwright.SecretByReference': setting('PARTNER_CENTER_CLIENT_SECRET', 'plain'),
  'Azure.Deployment.OutputSecretValue': (snapshot) => {
    snapshot.outputs.CONNECTION = '<monitoring.connectionString>';
  },
  'Cartwright.Tags': set(STORAGE, 'tags', {}),
  'Azure.AppInsights.LocalAuth': set(COMPONENT, 'properties.DisableLocalAuth', false),
  'Azure.AppInsights.Workspace': set(COMPONENT, 'properties.WorkspaceResourceId', undefined),
  'Cartwright.Logs.LocalAuth': set(WORKSPACE, 'properties.features.disableLocalAuth', false),
  'Cartwright.Logs.Cap': set(WORKSPACE, 'properties.workspaceCapping', undefined),
  'Azure.Alert.MetricAutoMitigate': set(METRIC_ALERT, 'properties.autoMitigate', false),
  'Cartwright.Alert.LogAutoMitigate': set(LOG_ALERT, 'properties.autoMitigate', false),
  'Azure.Alert.HighFrequencyQuery': set(LOG_ALERT, 'properties.evaluationFrequency', 'PT1M'),
  'Cartwright.Alert.Action': set(METRIC_ALERT, 'properties.actions', []),
  'Cartwright.Alert.Runbook': set(
    METRIC_ALERT,
    'properties.description',
    'Runbook: docs/operations.md, no-such.',
  ),
  'Cartwright.Alert.Metrics': set(
    LOG_ALERT,
    'properties.criteria.allOf.0.query',
    'AppMetrics | where Name == "cartwright.no.such"',
  ),
  'Cartwright.Code.Queues': set(`${SERVICE_BUS}/queues`, 'properties.lockDuration', 'PT5S'),
  'Cartwright.Code.Topics': remove(`${SERVICE_BUS}/topics`),
  'Cartwright.Code.Tables': remove(`${STORAGE}/tableServices/tables`),
  'Cartwright.Code.Roles': (snapshot) => {
    snapshot.resources = snapshot.resources.filter(
      ({ id, type }) => type !== ROLE || !id.includes('/queues/checkout/'),
    );
  },
  'Cartwright.Code.RequiredSettings': setting('AUTH_TENANTS', undefined),
};

it('Every rule has a snapshot that violates it', () => {
  expect(Object.keys(BREAKS).sort()).toEqual(RULES.map(({ name }) => name).sort());
});

it('A setting that a deployment does not set and a setting that the code does not know are reported', () => {
  const [first = '', ...others] = Object.keys(azdVariables().settings);

  expect(settingProblems([first, ...others])).toEqual([]);
  expect(settingProblems([...others, 'NO_SUCH_SETTING'])).toEqual([
    `setting ${first} is missing`,
    'setting NO_SUCH_SETTING is unknown to the code',
  ]);
});

it('A variable without a row in the documentation is reported', () => {
  const rows = Object.keys(NOT_PARAMETERS).map((name) => `\n| \`${name}\` | why |`);

  expect(documentationProblems(rows.join(''), [])).toEqual([]);
  expect(documentationProblems(rows.join(''), ['CARTWRIGHT_NEW'])).toEqual([
    'docs/operations.md does not explain CARTWRIGHT_NEW',
  ]);
});

describe.each(Object.entries(BREAKS))('%s', (name, breakIt) => {
  it(`The rule ${name} reports a snapshot that violates it, and accepts the original`, () => {
    const rule = RULES.find((one) => one.name === name)!;
    const broken = readSnapshot('private');
    breakIt(broken);

    expect(rule.check(readSnapshot('private'))).toEqual([]);
    expect(rule.check(broken)).not.toEqual([]);
  });
});
