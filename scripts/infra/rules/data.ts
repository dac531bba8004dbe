/** Storage, Service Bus and Key Vault: how state and secrets may be reached. */
import type { Snapshot } from '../snapshot.ts';
import { at, has, isPrivate, ofType, type Rule } from './rule.ts';

const STORAGE = 'Microsoft.Storage/storageAccounts';
const BLOBS = `${STORAGE}/blobServices`;
const SERVICE_BUS = 'Microsoft.ServiceBus/namespaces';
const VAULT = 'Microsoft.KeyVault/vaults';

export const dataRules: Rule[] = [
  has('Azure.Storage.MinTLS', STORAGE, 'properties.minimumTlsVersion', 'TLS1_2'),
  has('Azure.Storage.SecureTransfer', STORAGE, 'properties.supportsHttpsTrafficOnly', true),
  has('Azure.Storage.LocalAuth', STORAGE, 'properties.allowSharedKeyAccess', false),
  has('Azure.Storage.BlobPublicAccess', STORAGE, 'properties.allowBlobPublicAccess', false),
  has('Cartwright.Storage.CrossTenantReplication', STORAGE, 'properties.allowCrossTenantReplication', false),
  has('Azure.Storage.BlobAccessType', `${BLOBS}/containers`, 'properties.publicAccess', 'None'),
  has('Azure.Storage.SoftDelete', BLOBS, 'properties.deleteRetentionPolicy.enabled', true),
  has('Azure.Storage.ContainerSoftDelete', BLOBS, 'properties.containerDeleteRetentionPolicy.enabled', true),
  has('Azure.ServiceBus.MinTLS', SERVICE_BUS, 'properties.minimumTlsVersion', '1.2'),
  has('Azure.ServiceBus.DisableLocalAuth', SERVICE_BUS, 'properties.disableLocalAuth', true),
  has('Azure.KeyVault.RBAC', VAULT, 'properties.enableRbacAuthorization', true, { isOptional: true }),
  has('Azure.KeyVault.SoftDelete', VAULT, 'properties.enableSoftDelete', true, { isOptional: true }),
  has('Azure.KeyVault.PurgeProtect', VAULT, 'properties.enablePurgeProtection', true, { isOptional: true }),
  {
    name: 'Azure.Storage.Firewall',
    check: (snapshot) => closedToTheInternet(snapshot, STORAGE),
  },
  {
    name: 'Azure.KeyVault.Firewall',
    check: (snapshot) => closedToTheInternet(snapshot, VAULT),
  },
  {
    name: 'Cartwright.ServiceBus.PublicAccess',
    check: (snapshot) =>
      isPrivate(snapshot)
        ? has('', SERVICE_BUS, 'properties.publicNetworkAccess', 'Disabled').check(snapshot)
        : [],
  },
  {
    name: 'Cartwright.ZoneRedundancy',
    check(snapshot) {
      const [plan] = ofType(snapshot, 'Microsoft.Web/serverfarms');
      if (!plan || at(plan, 'properties.zoneRedundant') !== true) return [];
      const single = ofType(snapshot, STORAGE).filter(({ sku }) => sku?.name !== 'Standard_ZRS');
      const premium = ofType(snapshot, SERVICE_BUS).filter(
        (namespace) =>
          namespace.sku?.name === 'Premium' && at(namespace, 'properties.zoneRedundant') !== true,
      );
      return [...single, ...premium].map(({ id }) => `${id} is in one zone`);
    },
  },
  {
    name: 'Cartwright.Network.PrivateEndpoints',
    check: privateEndpoints,
  },
  {
    name: 'Azure.ServiceBus.AuditLogs',
    check: (snapshot) =>
      ofType(snapshot, SERVICE_BUS)
        .filter(({ sku }) => sku?.name === 'Premium')
        .filter(({ id }) => !logCategories(snapshot, id).includes('RuntimeAuditLogs'))
        .map(({ id }) => `${id} does not log who used it`),
  },
  {
    name: 'Azure.KeyVault.Logs',
    check: (snapshot) =>
      ofType(snapshot, VAULT)
        .filter(({ id }) => !logCategories(snapshot, id).includes('AuditEvent'))
        .map(({ id }) => `${id} does not log who used it`),
  },
  {
    name: 'Azure.VNET.UseNSGs',
    check: (snapshot) =>
      ofType(snapshot, 'Microsoft.Network/virtualNetworks').flatMap((network) =>
        (at(network, 'properties.subnets') as { name: string; properties: Record<string, unknown> }[])
          .filter(({ properties }) => !properties.networkSecurityGroup)
          .map(({ name }) => `${network.id}: subnet ${name} has no network security group`),
      ),
  },
];

/** In a private network, resources that a private endpoint leads to accept nothing else. */
function closedToTheInternet(snapshot: Snapshot, type: string): string[] {
  if (!isPrivate(snapshot)) return [];
  return [
    has('', type, 'properties.publicNetworkAccess', 'Disabled', { isOptional: true }),
    has('', type, 'properties.networkAcls.defaultAction', 'Deny', { isOptional: true }),
    has('', type, 'properties.networkAcls.bypass', 'None', { isOptional: true }),
  ].flatMap((rule) => rule.check(snapshot));
}

function privateEndpoints(snapshot: Snapshot): string[] {
  if (!isPrivate(snapshot)) return [];
  const reached = ofType(snapshot, 'Microsoft.Network/privateEndpoints').map((endpoint) => {
    const [connection] = at(endpoint, 'properties.privateLinkServiceConnections') as {
      properties: { groupIds: string[] };
    }[];
    return connection?.properties.groupIds[0];
  });
  const needed = ['blob', 'table', 'namespace', ...(ofType(snapshot, VAULT).length > 0 ? ['vault'] : [])];
  return needed
    .filter((group) => !reached.includes(group))
    .map((group) => `${group} has no private endpoint`);
}

/** The log categories that a resource sends to the workspace. */
function logCategories(snapshot: Snapshot, id: string): string[] {
  return ofType(snapshot, 'Microsoft.Insights/diagnosticSettings')
    .filter((setting) => setting.id.startsWith(`${id}/providers/`))
    .flatMap((setting) => at(setting, 'properties.logs') as { category: string; enabled: boolean }[])
    .filter(({ enabled }) => enabled)
    .map(({ category }) => category);
}
