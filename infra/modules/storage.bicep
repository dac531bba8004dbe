// A storage account without keys: shared-key access is off, so Microsoft Entra ID is the only way in.
// The template uses it twice: for the Functions host (deployment packages, locks, timers) and for the carts
// (tables only), so that the state shares no limits and no blob role with the host.

@description('Name of the storage account.')
@minLength(3)
@maxLength(24)
param name string

@description('Region.')
param location string

@description('Tags of every resource.')
param tags object

@description('Redundancy. Standard_ZRS keeps a copy in three zones.')
@allowed(['Standard_LRS', 'Standard_ZRS'])
param sku string

@description('Whether the account can be reached from outside the virtual network.')
param isPublic bool

@description('Blob containers to create.')
param containers string[] = []

@description('Tables to create.')
param tables string[] = []

@description('Object id of the identity that gets the roles.')
param principalId string

@description('Built-in roles (GUIDs) of the identity on this account.')
param roleIds string[]

@description('Whether a lock keeps the account from being deleted. Tables have no soft delete.')
param isLocked bool = false

resource account 'Microsoft.Storage/storageAccounts@2025-06-01' = {
  name: name
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: { name: sku }
  properties: {
    accessTier: 'Hot'
    allowBlobPublicAccess: false
    allowCrossTenantReplication: false
    allowSharedKeyAccess: false
    defaultToOAuthAuthentication: true
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    publicNetworkAccess: isPublic ? 'Enabled' : 'Disabled'
    networkAcls: {
      bypass: isPublic ? 'AzureServices' : 'None'
      defaultAction: isPublic ? 'Allow' : 'Deny'
    }
  }

  resource blobs 'blobServices' = if (!empty(containers)) {
    name: 'default'
    properties: {
      deleteRetentionPolicy: { enabled: true, days: 7 }
      containerDeleteRetentionPolicy: { enabled: true, days: 7 }
    }

    resource container 'containers' = [
      for container in containers: {
        name: container
        properties: { publicAccess: 'None' }
      }
    ]
  }

  resource tableService 'tableServices' = if (!empty(tables)) {
    name: 'default'

    resource table 'tables' = [for table in tables: { name: table }]
  }
}

resource roles 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for roleId in roleIds: {
    name: guid(account.id, principalId, roleId)
    scope: account
    properties: {
      principalId: principalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roleId)
    }
  }
]

resource lock 'Microsoft.Authorization/locks@2020-05-01' = if (isLocked) {
  name: 'no-delete'
  scope: account
  properties: {
    level: 'CanNotDelete'
    notes: 'Tables have no soft delete: deleting this account deletes every cart and order.'
  }
}

@description('Resource id of the account.')
output id string = account.id

@description('Name of the account.')
output name string = account.name

@description('URI of its table service.')
output tableUri string = account.properties.primaryEndpoints.table

@description('URI of its blob service.')
output blobUri string = account.properties.primaryEndpoints.blob
